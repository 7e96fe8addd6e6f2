package io.loadonce.server.changes;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * At most one line a minute in the log, however often the same thing is to be said. For one thread.
 */
final class RateLimitedLog {

  private static final Logger log = LoggerFactory.getLogger(ChangeListener.class);
  private static final long BETWEEN_LINES_NANOS = Duration.ofMinutes(1).toNanos();

  private final LongSupplier nanoClock;
  private long nextLineNanos;
  private long unlogged;
  private String last = "";

  RateLimitedLog(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.nextLineNanos = nanoClock.getAsLong();
  }

  void warn(String text) {
    long nowNanos = nanoClock.getAsLong();
    if (text.equals(last) && nowNanos - nextLineNanos < 0) {
      unlogged++;
      return;
    }
    nextLineNanos = nowNanos + BETWEEN_LINES_NANOS;
    log.warn("{} ({} more since the last line)", text, unlogged);
    last = text;
    unlogged = 0;
  }
}
