package io.loadonce.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which answers a caller accepts. Immutable.
 *
 * @param minVersion the lowest version of a row, for example the version that the caller has just
 *     written; null for any. The lookup needs a version column
 * @param maxAge the oldest cached entry: one that was read from the database longer ago is loaded
 *     again; null for any that the server may serve. 0 s or more
 * @param onlyIfCached whether only the cache is read: an id that is not cached fails with reason
 *     {@code NOT_IN_MEMORY}, and no query is sent
 */
public record ReadOptions(
    @Nullable Long minVersion, @Nullable Duration maxAge, boolean onlyIfCached) {

  /** Accepts each answer that the server may return. */
  public static final ReadOptions NONE = new ReadOptions(null, null, false);

  public ReadOptions withMinVersion(long version) {
    return new ReadOptions(version, maxAge, onlyIfCached);
  }

  public ReadOptions withMaxAge(Duration age) {
    return new ReadOptions(minVersion, age, onlyIfCached);
  }

  public ReadOptions withOnlyIfCached() {
    return new ReadOptions(minVersion, maxAge, true);
  }
}
