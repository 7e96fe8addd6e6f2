package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** How an id is shown where ids must not be: by the first 16 digits of the SHA-256 of its text. */
public final class HashedId {

  private static final int HASH_BYTES = 8;

  private HashedId() {}

  /** Returns the digits behind a number sign. */
  public static String of(Key id) {
    return "#" + HexFormat.of().formatHex(sha256(id.text()), 0, HASH_BYTES);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
