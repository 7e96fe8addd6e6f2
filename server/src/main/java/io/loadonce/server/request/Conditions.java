package io.loadonce.server.request;

import com.google.protobuf.Duration;
import com.google.rpc.Status;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which rows the caller of a Get or a BatchGet accepts.
 *
 * @param onlyIfCached whether the database may not be queried
 * @param mistake what is wrong with the conditions, whatever the lookup is; null if nothing is
 */
record Conditions(Freshness needed, boolean onlyIfCached, @Nullable Status mistake) {

  /** Any row is accepted. */
  static final Conditions NONE = new Conditions(Freshness.ANY, false, null);

  /** The most seconds of a valid {@code google.protobuf.Duration}: 10,000 years. */
  private static final long MAX_SECONDS = 315_576_000_000L;

  /** About 285 years; more would not fit into nanoseconds. */
  private static final long MAX_COUNTED_SECONDS = 9_000_000_000L;

  static Conditions of(GetRequest request) {
    return of(
        request.hasMinVersion() ? request.getMinVersion() : Freshness.ANY_VERSION,
        request.hasMaxAge() ? request.getMaxAge() : null,
        request.getOnlyIfCached());
  }

  static Conditions of(BatchGetRequest request) {
    return of(
        request.hasMinVersion() ? request.getMinVersion() : Freshness.ANY_VERSION,
        request.hasMaxAge() ? request.getMaxAge() : null,
        request.getOnlyIfCached());
  }

  /** Returns what is wrong with the conditions for this lookup; null if nothing is. */
  @Nullable Status mistake(Lookup lookup) {
    return needed.needsVersion() && lookup.settings().versionColumn() == null
        ? Reason.noVersionColumn(lookup.settings().name())
        : null;
  }

  private static Conditions of(long minVersion, @Nullable Duration maxAge, boolean onlyIfCached) {
    if (maxAge == null) {
      return new Conditions(Freshness.ofVersion(minVersion), onlyIfCached, null);
    }
    if (!WireDuration.isZeroOrMore(maxAge) || maxAge.getSeconds() > MAX_SECONDS) {
      return new Conditions(Freshness.ofVersion(minVersion), onlyIfCached, invalid(maxAge));
    }
    return new Conditions(new Freshness(minVersion, nanos(maxAge)), onlyIfCached, null);
  }

  private static Status invalid(Duration maxAge) {
    return Reason.INVALID_MAX_AGE.status(
        "max_age must be 0 s to %,d s, with 0 to 999,999,999 ns, not %d s and %d ns"
            .formatted(MAX_SECONDS, maxAge.getSeconds(), maxAge.getNanos()));
  }

  private static long nanos(Duration duration) {
    return duration.getSeconds() > MAX_COUNTED_SECONDS
        ? Freshness.ANY_AGE
        : TimeUnit.SECONDS.toNanos(duration.getSeconds()) + duration.getNanos();
  }
}
