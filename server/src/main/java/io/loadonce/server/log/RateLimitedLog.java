package io.loadonce.server.log;

import io.loadonce.db.OneLine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Warnings that a lasting fault would repeat: at most one line a second, and an event that follows
 * itself at most once a minute. A line says how many were left out before it, has no line breaks
 * and no stack trace, and has a limited length. Safe for use by many threads; never blocks.
 */
public final class RateLimitedLog {

  static final Duration BETWEEN_LINES = Duration.ofSeconds(1);
  static final Duration BETWEEN_EQUAL_LINES = Duration.ofMinutes(1);

  /** With the time, the level and the number of lines left out, a line has fewer than 500 bytes. */
  static final int MAX_BYTES = 380;

  private static final String OURS = "io.loadonce.";

  private record Line(String event, long nanos) {}

  private final Logger log;
  private final LongSupplier nanoClock;
  private final AtomicReference<@Nullable Line> last = new AtomicReference<>();
  private final LongAdder leftOut = new LongAdder();

  /**
   * @param nanoClock monotonic, in nanoseconds
   */
  public RateLimitedLog(Logger log, LongSupplier nanoClock) {
    this.log = log;
    this.nanoClock = nanoClock;
  }

  public void warn(String event) {
    warn(event, /* details= */ "", /* cause= */ null);
  }

  /**
   * @param event called only if a line may be logged now, so that many events cost little
   */
  public void warn(Supplier<String> event) {
    Line previous = last.get();
    if (previous != null && nanoClock.getAsLong() - previous.nanos() < BETWEEN_LINES.toNanos()) {
      leftOut.increment();
      return;
    }
    warn(event.get());
  }

  /**
   * @param cause logged with the place where it was thrown; its stack trace is logged at the level
   *     of debugging
   */
  public void warn(String event, Throwable cause) {
    warn(event, /* details= */ "", cause);
  }

  /**
   * @param details follow the event in its line; two lines that differ in nothing else are the same
   *     event
   * @param cause as above; null for none
   */
  public void warn(String event, String details, @Nullable Throwable cause) {
    Line previous = last.get();
    Line line = new Line(event, nanoClock.getAsLong());
    if (!isDue(previous, line) || !last.compareAndSet(previous, line)) {
      leftOut.increment();
      return;
    }
    long more = leftOut.sumThenReset();
    String text =
        OneLine.of(event + details + (cause == null ? "" : "; " + described(cause)), MAX_BYTES);
    log.warn(more == 0 ? text : text + " (" + more + " warnings before this were not logged)");
    if (cause != null) {
      log.debug("the stack trace of the warning before this line", cause);
    }
  }

  /** The innermost cause, and the first place of ours on the way to it. */
  private static String described(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String place =
        Stream.of(cause.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith(OURS))
            .findFirst()
            .map(frame -> " at %s:%d".formatted(frame.getFileName(), frame.getLineNumber()))
            .orElse("");
    return cause + place;
  }

  private static boolean isDue(@Nullable Line previous, Line line) {
    if (previous == null) {
      return true;
    }
    Duration pause = line.event().equals(previous.event()) ? BETWEEN_EQUAL_LINES : BETWEEN_LINES;
    return line.nanos() - previous.nanos() >= pause.toNanos();
  }
}
