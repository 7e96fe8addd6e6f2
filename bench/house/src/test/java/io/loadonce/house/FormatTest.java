package io.loadonce.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every Java file is as google-java-format writes it; with {@code -Dformat=write} it is made so.
 */
class FormatTest {

  private static final String UNFORMATTED = "package a;\nclass  A{ }\n";
  private static final String FORMATTED = "package a;\n\nclass A {}\n";

  @Test
  void tree_everyJavaFile_isFormatted() throws Exception {
    Path root = SourceTree.root();
    if ("write".equals(System.getProperty("format"))) {
      write(root);
    }
    assertThat(unformatted(root)).as("run with -Dformat=write").isEmpty();
  }

  @Test
  void unformatted_plantedFile_isNamed(@TempDir Path root) throws Exception {
    Files.writeString(root.resolve("A.java"), UNFORMATTED);
    Files.writeString(root.resolve("B.java"), "package a;\n\nclass B {}\n");
    Files.writeString(
        root.resolve("C.java"), "package a;\n\nimport java.util.List;\n\nclass C {}\n");
    assertThat(unformatted(root)).containsExactly("A.java", "C.java");
  }

  @Test
  void unformatted_noFile_isRed(@TempDir Path root) throws Exception {
    assertThat(unformatted(root)).containsExactly("looked at nothing");
  }

  @Test
  void write_plantedFile_isMended(@TempDir Path root) throws Exception {
    Path file = Files.writeString(root.resolve("A.java"), UNFORMATTED);
    write(root);
    assertThat(file).hasContent(FORMATTED);
    assertThat(unformatted(root)).isEmpty();
  }

  private static List<String> unformatted(Path root) throws IOException {
    List<SourceFile> files = javaFiles(root);
    if (files.isEmpty()) {
      return List.of("looked at nothing");
    }
    return files.parallelStream()
        .filter(file -> !formatted(file).equals(file.text()))
        .map(SourceFile::path)
        .toList();
  }

  private static void write(Path root) throws IOException {
    for (SourceFile file : javaFiles(root)) {
      String formatted = formatted(file);
      if (!formatted.equals(file.text())) {
        Files.writeString(root.resolve(file.path()), formatted);
      }
    }
  }

  private static List<SourceFile> javaFiles(Path root) throws IOException {
    return SourceTree.read(root).stream().filter(SourceFile::isJava).toList();
  }

  private static String formatted(SourceFile file) {
    try {
      return new Formatter().formatSourceAndFixImports(file.text());
    } catch (FormatterException e) {
      throw new IllegalStateException(file.path() + " cannot be parsed", e);
    }
  }
}
