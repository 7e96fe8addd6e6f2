package io.loadonce.server.planted;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A promise of the service.
 *
 * @param name how bugs and documents call it
 * @param text the promise, in one sentence
 * @param checks tests that also prove it, of which no planted bug speaks: {@code package.Class} or
 *     {@code package.Class#method}
 * @param gap what is not proved, or nothing
 */
record Promise(String name, String text, List<String> checks, String gap) {
  static final List<String> KEYS = List.of("promise", "text", "checks", "not-proved");

  /** Reads a promise from a block with the keys {@link #KEYS}. */
  static Promise of(Map<String, String> block) {
    return new Promise(
        value(block, "promise"),
        PlantedBug.oneLine(value(block, "text")),
        value(block, "checks").lines().map(String::strip).toList(),
        PlantedBug.oneLine(value(block, "not-proved")));
  }

  private static String value(Map<String, String> block, String key) {
    return Objects.requireNonNull(block.get(key), key);
  }
}
