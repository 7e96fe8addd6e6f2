package io.loadonce.commands.load.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what a load test measures, second by second, while it runs. For one thread, apart from
 * {@link #totals}.
 */
public final class Series {

  /** A rest of the measurement that is shorter belongs to the second before. */
  private static final double SHORTEST_REST_SECONDS = 0.5;

  private final Supplier<Second.@Nullable Server> server;
  private final Consumer<Second> listener;
  private final List<Second> seconds = new ArrayList<>();
  private final Histogram succeeded = HistogramText.precise();
  private final Histogram failed = HistogramText.precise();
  private volatile Totals totals = new Totals(new Counts(0, 0, Map.of()), HistogramText.precise());

  /**
   * @param server returns what the server did since it was last called; it must not block
   * @param listener gets each second when it has passed
   */
  public Series(Supplier<Second.@Nullable Server> server, Consumer<Second> listener) {
    this.server = server;
    this.listener = listener;
  }

  /**
   * The counts since the beginning of the measurement.
   *
   * @param statuses how many calls ended with each status
   */
  public record Counts(long sent, long unsent, Map<String, Long> statuses) {

    /** Copies the map. */
    public Counts {
      statuses = Map.copyOf(statuses);
    }
  }

  /**
   * The counts, with the latencies of all calls so far.
   *
   * @param succeeded of the calls that succeeded, in nanoseconds; not changed any more
   */
  public record Totals(Counts counts, Histogram succeeded) {}

  /**
   * Adds a second, or the rest of one at the end.
   *
   * @param ok latencies since the last call of this method, of the calls that succeeded
   * @param notOk the same of the calls that failed
   */
  public void add(double durationSeconds, Histogram ok, Histogram notOk, Counts now) {
    Counts before = totals.counts;
    succeeded.add(ok);
    failed.add(notOk);
    Second second =
        Second.of(
            seconds.size(),
            durationSeconds,
            now.sent - before.sent,
            notOk.getTotalCount(),
            now.unsent - before.unsent,
            ok,
            server.get());
    if (durationSeconds < SHORTEST_REST_SECONDS && !seconds.isEmpty()) {
      second = seconds.removeLast().followedBy(second);
    }
    seconds.add(second);
    totals = new Totals(now, succeeded.copy());
    listener.accept(second);
  }

  /** What has been added so far. Safe for use by many threads. */
  public Totals totals() {
    return totals;
  }

  /** The latencies of all calls that succeeded, in nanoseconds; a copy. */
  public Histogram succeeded() {
    return succeeded.copy();
  }

  /** The latencies of all calls that failed, in nanoseconds; a copy. */
  public Histogram failed() {
    return failed.copy();
  }

  /** The seconds so far, in order. */
  public List<Second> seconds() {
    return List.copyOf(seconds);
  }
}
