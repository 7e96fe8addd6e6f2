package io.loadonce.server.dashboard;

import io.loadonce.db.lookup.Key;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** How an id is shown: as it is, or by the first 16 digits of the SHA-256 of its text. */
final class ShownId {

  private static final int HASH_BYTES = 8;

  /** A longer id is cut. */
  private static final int MAX_LENGTH = 60;

  private ShownId() {}

  static String of(Key id, boolean hashed) {
    String text = id.text();
    if (hashed) {
      return "#" + HexFormat.of().formatHex(sha256(text), 0, HASH_BYTES);
    }
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
