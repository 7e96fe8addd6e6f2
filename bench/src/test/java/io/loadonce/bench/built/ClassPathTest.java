package io.loadonce.bench.built;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** No class is on the class path twice: which of two versions runs would be chance. */
class ClassPathTest {

  @Test
  void classPath_ofAllModules_hasNoClassTwice() throws IOException {
    assertThat(twice(jars())).isEmpty();
  }

  @Test
  void classPath_sameJarTwice_isRed() throws IOException {
    String jar = jars().getFirst();
    assertThat(twice(List.of(jar, jar))).isNotEmpty();
  }

  private static List<String> jars() {
    List<String> jars =
        List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
            .filter(path -> path.endsWith(".jar"))
            .toList();
    assertThat(jars).as("looked at nothing").isNotEmpty();
    return jars;
  }

  private static List<String> twice(List<String> jars) throws IOException {
    Map<String, String> first = new HashMap<>();
    List<String> twice = new ArrayList<>();
    for (String jar : jars) {
      String name = Path.of(jar).getFileName().toString();
      try (ZipFile zip = new ZipFile(jar)) {
        zip.stream()
            .map(ZipEntry::getName)
            .filter(entry -> entry.endsWith(".class") && !entry.endsWith("-info.class"))
            .filter(entry -> !entry.startsWith("META-INF/"))
            .forEach(
                entry -> {
                  String other = first.putIfAbsent(entry, name);
                  if (other != null) {
                    twice.add(entry + " in " + other + " and " + name);
                  }
                });
      }
    }
    return twice;
  }
}
