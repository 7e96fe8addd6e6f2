package io.loadonce.commands.load.record;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One second of a measurement. A call belongs to the second in which it ended.
 *
 * @param second its number, from 0
 * @param durationSeconds how long it was: 1, apart from the last one
 * @param sent calls that were sent
 * @param succeeded calls that ended and succeeded
 * @param failed calls that ended and failed
 * @param unsent calls that were due and are given up; an open loop gives them up at its end
 * @param p50Ms of the calls that succeeded, as the next two; 0 if there were none
 * @param latencies of the calls that succeeded, as {@link HistogramText} writes them
 * @param server what the server did; null if that is not known
 */
public record Second(
    int second,
    double durationSeconds,
    long sent,
    long succeeded,
    long failed,
    long unsent,
    double p50Ms,
    double p99Ms,
    double maxMs,
    String latencies,
    @Nullable Server server) {

  /**
   * The server in one second, by its admin port.
   *
   * @param queries that it ran since the second before
   * @param waiters calls that waited for a load at the end of the second
   * @param heapBytes memory in use at the end of the second
   */
  public record Server(long queries, long waiters, long heapBytes) {

    /** What both did: two different servers in the same second. */
    Server plus(Server other) {
      return new Server(
          queries + other.queries, waiters + other.waiters, heapBytes + other.heapBytes);
    }
  }

  /** Makes a second of the latencies of its calls. */
  static Second of(
      int second,
      double durationSeconds,
      long sent,
      long failed,
      long unsent,
      Histogram succeeded,
      @Nullable Server server) {
    Histogram coarse = HistogramText.coarse();
    coarse.add(succeeded);
    return new Second(
        second,
        durationSeconds,
        sent,
        succeeded.getTotalCount(),
        failed,
        unsent,
        HistogramText.millis(succeeded, 50),
        HistogramText.millis(succeeded, 99),
        HistogramText.millis(succeeded, 100),
        HistogramText.encode(coarse),
        server);
  }

  /** The latencies of the calls that succeeded, with two significant digits. */
  public Histogram histogram() {
    return HistogramText.decode(latencies);
  }

  /** This second and the one after it as one. */
  Second followedBy(Second next) {
    return with(next, durationSeconds + next.durationSeconds, server);
  }

  /**
   * This second of one run, and the same second of another one.
   *
   * @param differentServers whether what both servers did is added; otherwise both have seen the
   *     same server
   */
  public Second merge(Second other, boolean differentServers) {
    Server both = server == null ? other.server : server;
    if (differentServers) {
      both = server == null || other.server == null ? null : server.plus(other.server);
    }
    return with(other, Math.max(durationSeconds, other.durationSeconds), both);
  }

  private Second with(Second other, double lasting, @Nullable Server both) {
    Histogram histogram = histogram();
    histogram.add(other.histogram());
    return of(
        second,
        lasting,
        sent + other.sent,
        failed + other.failed,
        unsent + other.unsent,
        histogram,
        both);
  }

  /** {@code calls} of this second, per second. */
  public double rate(long calls) {
    return durationSeconds > 0 ? calls / durationSeconds : 0;
  }
}
