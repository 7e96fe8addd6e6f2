package io.loadonce.server.request;

import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator why loads fail: a line for a failure, however many callers it answers, and at
 * most one line a second. The counters of the outcomes have the rest. Safe for use by many threads.
 */
final class FailureLog {

  private static final Logger log = LoggerFactory.getLogger(ResourceEndpoint.class);
  private static final long BETWEEN_LINES_NANOS = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanoClock;
  private final AtomicLong nextLineNanos;
  private final LongAdder unlogged = new LongAdder();

  /** What was told or counted last; the callers of one flight all bring the same one. */
  private volatile @Nullable SourceException last;

  FailureLog(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.nextLineNanos = new AtomicLong(nanoClock.getAsLong());
  }

  @SuppressWarnings("ReferenceEquality") // one failure of one load is one object
  void add(SourceException failure) {
    if (failure == last) {
      return;
    }
    last = failure;
    long nowNanos = nanoClock.getAsLong();
    long due = nextLineNanos.get();
    if (nowNanos - due < 0 || !nextLineNanos.compareAndSet(due, nowNanos + BETWEEN_LINES_NANOS)) {
      unlogged.increment();
      return;
    }
    log.warn("a load failed ({} more since the last line)", unlogged.sumThenReset(), failure);
  }
}
