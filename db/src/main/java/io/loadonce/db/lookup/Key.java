package io.loadonce.db.lookup;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The key of a row in its canonical form: two ids that the database considers equal are equal keys.
 * Made by {@link KeyColumns#parse}, which checks the text.
 *
 * <p>A key is as small as its text allows, whatever the type of its column: a text that {@link
 * Long#toString(long)} or {@link UUID#toString} could have written is kept as 8 or 16 bytes. A text
 * has only one form, so that equal texts are equal keys.
 *
 * <p>The hash is seeded once per process, so that nobody outside can prepare ids that fall into one
 * bucket of a table or one segment of the lock; it must not be stored or sent. Keys are comparable
 * only so that a hash table can fall back to a tree. Immutable and safe to share.
 */
public abstract sealed class Key implements Comparable<Key> {

  /** An odd multiplier that differs in every process. */
  private static final long SEED = new SplittableRandom().nextLong() | 1L;

  /** A number with so many digits has at most 64 bits. */
  private static final int SURE_DIGITS = 18;

  /** The head of an object, of which the JVM aligns the sizes to 8 bytes. */
  private static final int OBJECT_BYTES = 16;

  private Key() {}

  /** Returns the key of one column. */
  public static Key of(long number) {
    return new OfNumber(number);
  }

  /** Returns the key of one column. */
  public static Key of(UUID uuid) {
    return new OfUuid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  /** Returns the key of one column in its smallest form. */
  public static Key of(String canonical) {
    if (isNumber(canonical)) {
      return new OfNumber(Long.parseLong(canonical));
    }
    UUID uuid = uuid(canonical);
    return uuid == null || !uuid.toString().equals(canonical) ? new OfText(canonical) : of(uuid);
  }

  /** Returns the key of these columns, of which there is at least one. */
  public static Key of(List<Key> parts) {
    return parts.size() == 1 ? parts.getFirst() : new Composite(parts.toArray(Key[]::new));
  }

  /**
   * Returns the UUID that a text of the form 8-4-4-4-12 stands for, in lower or upper case; null
   * for any other text.
   */
  static @Nullable UUID uuid(String text) {
    if (text.length() != 36 || text.charAt(8) != '-' || text.charAt(23) != '-') {
      return null;
    }
    try {
      UUID uuid = UUID.fromString(text);
      // It accepts signs, and dashes at other places.
      return uuid.toString().equalsIgnoreCase(text) ? uuid : null;
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /** Whether it is as {@link Long#toString(long)} writes it, and has few digits. */
  static boolean isNumber(String text) {
    int first = text.startsWith("-") ? 1 : 0;
    int digits = text.length() - first;
    if (digits < 1 || digits > SURE_DIGITS || (text.charAt(first) == '0' && text.length() > 1)) {
      return false;
    }
    for (int i = first; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /**
   * The canonical text of a key of one column. A key of several columns has no text that could be
   * parsed; its parts are listed, for messages.
   */
  public abstract String text();

  /**
   * Returns the number of a key that was made of one.
   *
   * @throws NumberFormatException if the key is no number of 64 bits
   */
  long number() {
    return Long.parseLong(text());
  }

  /** The keys of the columns, in their order; of one column, the key itself. */
  public List<Key> parts() {
    return List.of(this);
  }

  /** The bytes that the key takes in memory, with its objects; an estimate. */
  public abstract int memoryBytes();

  /** Never blocks and never fails; the same for equal keys in this process only. */
  @Override
  public abstract int hashCode();

  @Override
  public abstract boolean equals(@Nullable Object other);

  /** The order has no meaning. */
  @Override
  public abstract int compareTo(Key other);

  @Override
  public final String toString() {
    return text();
  }

  private static int spread(long hash) {
    long mixed = hash * SEED;
    mixed = (mixed ^ mixed >>> 32) * SEED;
    return (int) (mixed >>> 32);
  }

  private static final class OfNumber extends Key {
    private final long number;

    OfNumber(long number) {
      this.number = number;
    }

    @Override
    public String text() {
      return Long.toString(number);
    }

    @Override
    long number() {
      return number;
    }

    @Override
    public int memoryBytes() {
      return OBJECT_BYTES + Long.BYTES;
    }

    /**
     * Sixteen numbers in a row get hashes in a row, so that a caller who reads ids in order finds
     * their places in a hash table in one line of the processor's cache.
     */
    @Override
    public int hashCode() {
      return spread(number >>> 4) ^ (int) (number & 15);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof OfNumber key && key.number == number;
    }

    @Override
    public int compareTo(Key other) {
      return other instanceof OfNumber key ? Long.compare(number, key.number) : -1;
    }
  }

  private static final class OfUuid extends Key {
    private final long high;
    private final long low;

    OfUuid(long high, long low) {
      this.high = high;
      this.low = low;
    }

    @Override
    public String text() {
      return new UUID(high, low).toString();
    }

    @Override
    public int memoryBytes() {
      return OBJECT_BYTES + 2 * Long.BYTES;
    }

    @Override
    public int hashCode() {
      return spread(high * SEED + low);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof OfUuid key && key.high == high && key.low == low;
    }

    @Override
    public int compareTo(Key other) {
      return switch (other) {
        case OfNumber _ -> 1;
        case OfUuid key ->
            high == key.high ? Long.compare(low, key.low) : Long.compare(high, key.high);
        case OfText _, Composite _ -> -1;
      };
    }
  }

  private static final class OfText extends Key {
    private final String text;

    OfText(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }

    @Override
    public int memoryBytes() {
      return 3 * OBJECT_BYTES + Long.BYTES + text.length();
    }

    @Override
    public int hashCode() {
      long hash = SEED;
      for (int i = 0; i < text.length(); i++) {
        hash = hash * SEED + text.charAt(i);
      }
      return (int) (hash >>> 32) ^ (int) hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof OfText key && key.text.equals(text);
    }

    @Override
    public int compareTo(Key other) {
      return switch (other) {
        case OfNumber _, OfUuid _ -> 1;
        case OfText key -> text.compareTo(key.text);
        case Composite _ -> -1;
      };
    }
  }

  private static final class Composite extends Key {
    private final Key[] parts;

    Composite(Key[] parts) {
      this.parts = parts;
    }

    @Override
    public String text() {
      return Stream.of(parts).map(Key::text).collect(Collectors.joining(", ", "(", ")"));
    }

    @Override
    public List<Key> parts() {
      return List.of(parts);
    }

    @Override
    public int memoryBytes() {
      int sum = 2 * OBJECT_BYTES + Integer.BYTES * parts.length;
      for (Key part : parts) {
        sum += part.memoryBytes();
      }
      return sum;
    }

    @Override
    public int hashCode() {
      long hash = parts.length;
      for (Key part : parts) {
        hash = hash * SEED + part.hashCode();
      }
      return spread(hash);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Composite key && Arrays.equals(key.parts, parts);
    }

    @Override
    public int compareTo(Key other) {
      return other instanceof Composite key ? Arrays.compare(parts, key.parts) : 1;
    }
  }
}
