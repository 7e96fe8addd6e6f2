package io.loadonce.server.planted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The bugs and the promises in {@code server/src/test/resources/planted}. */
final class PlantedBugs {
  private static final Path DATA = Path.of("src", "test", "resources", "planted");
  private static final String PROMISES = "promises.txt";

  private PlantedBugs() {}

  /** Returns all bugs, by file and in the order of each file. */
  static List<PlantedBug> all() {
    List<PlantedBug> bugs = new ArrayList<>();
    for (Path file : files()) {
      Blocks blocks = new Blocks(file.getFileName().toString(), PlantedBug.KEYS);
      bugs.addAll(blocks.read(text(file), PlantedBug::of));
    }
    requireDistinct(bugs);
    return bugs;
  }

  /** Returns the promises, in the order of their file. */
  static List<Promise> promises() {
    return new Blocks(PROMISES, Promise.KEYS).read(text(DATA.resolve(PROMISES)), Promise::of);
  }

  /** Throws if two bugs have one name, or change the same text in the same way for one check. */
  static void requireDistinct(List<PlantedBug> bugs) {
    Set<String> names = new HashSet<>();
    Set<List<String>> changes = new HashSet<>();
    for (PlantedBug bug : bugs) {
      List<String> change =
          Stream.of(bug.file(), bug.right(), bug.wrong(), bug.check())
              .map(PlantedBug::oneLine)
              .toList();
      if (!names.add(bug.name()) || !changes.add(change)) {
        throw new IllegalArgumentException("this bug is there twice: " + bug);
      }
    }
  }

  private static List<Path> files() {
    try (Stream<Path> files = Files.list(DATA)) {
      return files.filter(file -> !file.endsWith(PROMISES)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
