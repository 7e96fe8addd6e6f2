package io.loadonce.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Which build this is. */
final class Version {

  private Version() {}

  /** Returns a line such as {@code loadonce 0.1.0 (Java 25.0.1+8-LTS)}. */
  static String line() {
    return "loadonce %s (Java %s)".formatted(number(), Runtime.version());
  }

  /** The build writes its version into this file. */
  static String number() {
    try (InputStream file = Version.class.getResourceAsStream("version.txt")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
          .strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
