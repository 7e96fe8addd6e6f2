package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.server.load.EndedLoad;
import io.loadonce.server.log.RateLimitedLog;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/** One line of the log for each load that takes too long, at most one a second. */
final class SlowLoadLog {

  private static final double NANOS_PER_SECOND = 1e9;

  private final RateLimitedLog log;
  private volatile long slowNanos;

  SlowLoadLog(LongSupplier nanoClock) {
    this.log = new RateLimitedLog(LoggerFactory.getLogger(SlowLoadLog.class), nanoClock);
  }

  /**
   * @param time a load that takes at least this long is slow; zero for no line at all
   */
  void use(Duration time) {
    slowNanos = time.toNanos();
  }

  void ended(String lookup, EndedLoad<Key> load) {
    long limit = slowNanos;
    if (limit == 0 || load.tookNanos() < limit) {
      return;
    }
    log.warn(() -> line(lookup, load));
  }

  private static String line(String lookup, EndedLoad<Key> load) {
    SourceQuery.Times times = load.times();
    return "a load of the lookup %s took %s: %s in the queue, %s for a connection, %s for the query, %s"
            .formatted(
                lookup,
                seconds(load.tookNanos()),
                seconds(load.queueNanos()),
                seconds(times.connectionNanos()),
                seconds(times.queryNanos()),
                seconds(times.rowsNanos()))
        + " for its rows; first id %s, ids in the query: %d, callers that waited: %d"
            .formatted(HashedId.of(load.id()), load.ids(), load.waited());
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f s", nanos / NANOS_PER_SECOND);
  }
}
