package io.loadonce.commands.load;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Collects latencies to three significant digits. Safe for use by many threads; recording is
 * wait-free.
 */
public final class LatencyRecorder {

  private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final int SIGNIFICANT_DIGITS = 3;

  private final Recorder recorder = new Recorder(LONGEST_NANOS, SIGNIFICANT_DIGITS);

  /** Adds one latency; one of more than an hour counts as an hour. */
  void record(long nanos) {
    recorder.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
  }

  /** What all of {@code recorders} have collected since they were last drained. */
  static Latencies drain(List<LatencyRecorder> recorders) {
    Histogram all = new Histogram(LONGEST_NANOS, SIGNIFICANT_DIGITS);
    recorders.forEach(each -> all.add(each.recorder.getIntervalHistogram()));
    return new Latencies(
        all.getTotalCount(),
        millis(all.getValueAtPercentile(50)),
        millis(all.getValueAtPercentile(90)),
        millis(all.getValueAtPercentile(99)),
        millis(all.getValueAtPercentile(99.9)),
        millis(all.getMaxValue()));
  }

  private static double millis(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }

  /** The number of latencies, and percentiles in milliseconds; all 0 if there were none. */
  public record Latencies(
      long count,
      double p50Millis,
      double p90Millis,
      double p99Millis,
      double p999Millis,
      double maxMillis) {}
}
