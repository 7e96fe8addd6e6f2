package io.loadonce.server.tier;

import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Texts of 12 characters: the places of a value in Redis have that length. */
final class Token {

  static final int LENGTH = 12;

  private static final int BYTES = 9;
  private static final int RADIX = 36;

  /** The least number with 12 digits. */
  private static final long FIRST = 131_621_703_842_267_136L;

  private static final AtomicLong count = new AtomicLong();

  private Token() {}

  /** Returns a text that no other process has: for an instance or an epoch. */
  static String random() {
    byte[] bytes = new byte[BYTES];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Base64.getUrlEncoder().encodeToString(bytes);
  }

  /** Returns a text that this process has not used before: for a lease. */
  static String next() {
    return Long.toString(FIRST + count.getAndIncrement(), RADIX);
  }
}
