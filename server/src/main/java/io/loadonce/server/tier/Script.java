package io.loadonce.server.tier;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The steps that Redis runs, each as a whole. Their files say what they take and return. */
enum Script {
  LOOK,
  LAND,
  FAIL,
  FORGET,
  PEEK,
  WATCH;

  private final String text;

  Script() {
    String file = name().toLowerCase(Locale.ROOT) + ".lua";
    try (InputStream in = Script.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + file + " is missing");
      }
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text, for {@code SCRIPT LOAD}. */
  String text() {
    return text;
  }
}
