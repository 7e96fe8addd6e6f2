package io.loadonce.commands.load.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what a load test measures, second by second, while it runs. Safe for use by many threads.
 */
public final class Series {

  /** A rest of the measurement that is shorter belongs to the second before. */
  private static final double SHORTEST_REST_SECONDS = 0.5;

  private final Supplier<Second.@Nullable Server> server;
  private final Consumer<Second> listener;
  private final List<Second> seconds = new ArrayList<>();
  private final Histogram succeeded = HistogramText.precise();
  private final Histogram failed = HistogramText.precise();
  private Counts counts = new Counts(0, 0, Map.of());

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
   * @param succeeded of the calls that succeeded, in nanoseconds; a copy
   */
  public record Totals(Counts counts, Histogram succeeded) {}

  /**
   * Adds a second, or the rest of one at the end.
   *
   * @param ok latencies since the last call of this method, of the calls that succeeded
   * @param notOk the same of the calls that failed
   */
  public void add(double durationSeconds, Histogram ok, Histogram notOk, Counts now) {
    Second added = append(durationSeconds, ok, notOk, now);
    listener.accept(added);
  }

  private synchronized Second append(
      double durationSeconds, Histogram ok, Histogram notOk, Counts now) {
    succeeded.add(ok);
    failed.add(notOk);
    Second second =
        Second.of(
            seconds.size(),
            durationSeconds,
            now.sent - counts.sent,
            notOk.getTotalCount(),
            now.unsent - counts.unsent,
            ok,
            server.get());
    counts = now;
    if (durationSeconds < SHORTEST_REST_SECONDS && !seconds.isEmpty()) {
      second = seconds.removeLast().followedBy(second);
    }
    seconds.add(second);
    return second;
  }

  /** What has been added so far. */
  public synchronized Totals totals() {
    return new Totals(counts, succeeded.copy());
  }

  /** The latencies of all calls that succeeded, in nanoseconds; a copy. */
  public synchronized Histogram succeeded() {
    return succeeded.copy();
  }

  /** The latencies of all calls that failed, in nanoseconds; a copy. */
  public synchronized Histogram failed() {
    return failed.copy();
  }

  /** The seconds so far, in order. */
  public synchronized List<Second> seconds() {
    return List.copyOf(seconds);
  }
}
