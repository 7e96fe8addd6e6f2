package io.loadonce.house;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The repository on disk: all that is neither built, nor git's, nor an editor's. */
public final class SourceTree {

  private static final Set<String> NOT_OURS =
      Set.of("target", ".git", ".idea", ".vscode", ".settings", ".cifuzz-corpus", "node_modules");

  private SourceTree() {}

  /**
   * The directory that holds the parent POM and the modules, from wherever the test was started.
   */
  public static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve("proto"))) {
      Path parent = directory.getParent();
      if (parent == null) {
        throw new IllegalStateException("the tests do not run inside of the repository");
      }
      directory = parent;
    }
    return directory;
  }

  /** Every text file of the repository, sorted by path. */
  public static List<SourceFile> read() throws IOException {
    return read(root());
  }

  /** Every text file below {@code root}, sorted by path; what is not UTF-8 is left out. */
  static List<SourceFile> read(Path root) throws IOException {
    List<SourceFile> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return NOT_OURS.contains(String.valueOf(directory.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile() && !NOT_OURS.contains(file.getFileName().toString())) {
              add(root, file, files);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing(SourceFile::path));
    return List.copyOf(files);
  }

  private static void add(Path root, Path file, List<SourceFile> files) throws IOException {
    try {
      String path = root.relativize(file).toString().replace('\\', '/');
      files.add(new SourceFile(path, Files.readString(file)));
    } catch (CharacterCodingException e) {
      // A picture or an archive: nothing to read there.
    }
  }
}
