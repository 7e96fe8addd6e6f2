package io.loadonce.db.lookup;

import java.util.SplittableRandom;

/**
 * The key of a row in its canonical form: two texts that the database takes for the same key are
 * the same {@code Key}. Made by {@link KeyType#parse}, which checks the text.
 *
 * <p>The hash is seeded once per process, so that nobody outside can prepare ids that fall into one
 * bucket of a table or one segment of the lock; it must not be stored or sent. Ids are comparable
 * only so that a hash table can fall back to a tree. Immutable and safe to share.
 *
 * @param text the canonical text, never empty
 */
public record Key(String text) implements Comparable<Key> {

  /** An odd multiplier that differs in every process. */
  private static final long SEED = new SplittableRandom().nextLong() | 1L;

  /** Never blocks and never fails; the same for equal ids in this process only. */
  @Override
  public int hashCode() {
    long hash = SEED;
    for (int i = 0; i < text.length(); i++) {
      hash = hash * SEED + text.charAt(i);
    }
    return (int) (hash >>> 32) ^ (int) hash;
  }

  @Override
  public int compareTo(Key other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
