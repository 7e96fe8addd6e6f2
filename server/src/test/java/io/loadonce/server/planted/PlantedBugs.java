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
    files().forEach(file -> bugs.addAll(of(file)));
    requireDistinct(bugs);
    return bugs;
  }

  /** Returns the bugs of one file, in its order. */
  static List<PlantedBug> of(String file) {
    return new Blocks(file, PlantedBug.KEYS).read(text(DATA.resolve(file)), PlantedBug::of);
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

  /** Returns the names of the files, sorted. */
  static List<String> files() {
    try (Stream<Path> files = Files.list(DATA)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> !file.equals(PROMISES))
          .sorted()
          .toList();
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
