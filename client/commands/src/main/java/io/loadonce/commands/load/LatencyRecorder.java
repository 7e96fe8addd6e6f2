package io.loadonce.commands.load;

import io.loadonce.commands.load.record.HistogramText;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Collects latencies to three significant digits. Safe for use by many threads; recording is
 * wait-free.
 */
public final class LatencyRecorder {

  private static final long LONGEST_NANOS = HistogramText.LONGEST_NANOS;

  private final Recorder recorder =
      new Recorder(LONGEST_NANOS, /* numberOfSignificantValueDigits= */ 3);

  /** What was drained last; its memory is used again. For the thread that drains. */
  private @Nullable Histogram drained;

  /** Adds one latency; one of more than an hour counts as an hour. */
  void record(long nanos) {
    recorder.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
  }

  /**
   * What all of {@code recorders} have collected since they were last drained, in nanoseconds. For
   * one thread at a time.
   */
  static Histogram drain(List<LatencyRecorder> recorders) {
    Histogram all = HistogramText.precise();
    for (LatencyRecorder each : recorders) {
      each.drained = each.recorder.getIntervalHistogram(each.drained);
      all.add(each.drained);
    }
    return all;
  }

  /** The number of latencies, and percentiles in milliseconds; all 0 if there were none. */
  public record Latencies(
      long count,
      double p50Millis,
      double p90Millis,
      double p99Millis,
      double p999Millis,
      double maxMillis) {

    /** The figures of a histogram in nanoseconds. */
    static Latencies of(Histogram histogram) {
      return new Latencies(
          histogram.getTotalCount(),
          HistogramText.millis(histogram, 50),
          HistogramText.millis(histogram, 90),
          HistogramText.millis(histogram, 99),
          HistogramText.millis(histogram, 99.9),
          HistogramText.millis(histogram, 100));
    }
  }
}
