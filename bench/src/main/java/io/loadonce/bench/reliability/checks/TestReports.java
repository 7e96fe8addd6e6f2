package io.loadonce.bench.reliability.checks;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The reports that Maven's surefire has left in {@code target}, one for each class of tests. A
 * report that is older than the sources counts as missing, since it is about other code.
 */
final class TestReports {

  private static final List<String> MODULES = List.of("proto", "db", "server", "client");
  private static final String TESTS = "/src/test/java/";

  private final Path root;
  private final FileTime newest;
  private final List<Path> tests;

  private TestReports(Path root, FileTime newest, List<Path> tests) {
    this.root = root;
    this.newest = newest;
    this.tests = tests;
  }

  /**
   * Looks for the sources.
   *
   * @param root the directory of the project
   */
  static TestReports of(Path root) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(root.resolve(module))) {
        sources.addAll(files.map(root::relativize).filter(TestReports::isSource).toList());
      }
    }
    List<FileTime> times = new ArrayList<>();
    for (Path source : sources) {
      times.add(Files.getLastModifiedTime(root.resolve(source)));
    }
    return new TestReports(
        root,
        times.stream().max(Comparator.naturalOrder()).orElseThrow(),
        sources.stream().filter(source -> text(source).contains(TESTS)).sorted().toList());
  }

  /** Whether a file was written after the last change of the sources. */
  boolean isCurrent(Path file) throws IOException {
    return Files.exists(file) && Files.getLastModifiedTime(file).compareTo(newest) >= 0;
  }

  /**
   * Reads the reports of the classes whose source files match.
   *
   * @param globs patterns of paths from the root of the project
   * @throws IllegalStateException if there is a pattern that no file matches
   */
  Found read(List<String> globs) throws IOException {
    List<String> reports = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String glob : globs) {
      for (Path test : matching(glob)) {
        Path report = report(test);
        if (isCurrent(report)) {
          reports.add(Files.readString(report));
        } else {
          missing.add(String.valueOf(test.getFileName()).replace(".java", ""));
        }
      }
    }
    return new Found(reports, missing);
  }

  /**
   * The number of classes whose source files match.
   *
   * @throws IllegalStateException if there is none
   */
  int count(String glob) {
    return matching(glob).size();
  }

  private List<Path> matching(String glob) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    List<Path> matching = tests.stream().filter(matcher::matches).toList();
    if (matching.isEmpty()) {
      throw new IllegalStateException("no test has a path like " + glob);
    }
    return matching;
  }

  /** From {@code server/src/test/java/a/B.java} to {@code server/target/…/TEST-a.B.xml}. */
  private Path report(Path test) {
    String path = text(test);
    int at = path.indexOf(TESTS);
    String name = path.substring(at + TESTS.length()).replace(".java", "").replace('/', '.');
    return root.resolve(path.substring(0, at))
        .resolve("target/surefire-reports/TEST-" + name + ".xml");
  }

  private static boolean isSource(Path file) {
    return text(file).matches("[^.]*/src/[^.]*\\.\\w+") && !text(file).contains("/target/");
  }

  private static String text(Path path) {
    return path.toString().replace('\\', '/');
  }
}
