package io.loadonce.server.load;

/**
 * How fresh a row must be for a caller to accept it. Immutable.
 *
 * @param minVersion the lowest version, {@link #ANY_VERSION} for any
 * @param maxAgeNanos the longest time since the row was read from the database, seen from the start
 *     of the call; at least 0, {@link #ANY_AGE} for any
 */
public record Freshness(long minVersion, long maxAgeNanos) {

  public static final long ANY_VERSION = Long.MIN_VALUE;
  public static final long ANY_AGE = Long.MAX_VALUE;

  /** Accepts each row that the cache may serve. */
  public static final Freshness ANY = new Freshness(ANY_VERSION, ANY_AGE);

  /** Accepts each row of at least this version. */
  public static Freshness ofVersion(long minVersion) {
    return minVersion == ANY_VERSION ? ANY : new Freshness(minVersion, ANY_AGE);
  }

  /** Whether the caller needs a version, so that a cached "not found" is no answer. */
  public boolean needsVersion() {
    return minVersion != ANY_VERSION;
  }

  /** Whether a row that was read at one moment is young enough at another, later one. */
  boolean acceptsAge(long readNanos, long nowNanos) {
    // A difference, since the clock may pass the largest number between the two.
    return nowNanos - readNanos <= maxAgeNanos;
  }
}
