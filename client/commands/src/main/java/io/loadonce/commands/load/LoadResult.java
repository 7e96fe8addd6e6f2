package io.loadonce.commands.load;

import io.grpc.Status.Code;
import io.loadonce.v1.LookupInfo.Source;
import java.time.Duration;
import java.util.Map;

/**
 * The result of a load test. Each call is counted once: in the warm-up or in the measurement.
 *
 * @param warmUpCalls calls of the warm-up that have ended
 * @param unsentCalls calls that were due and could not be sent before the end, because all callers
 *     were waiting for replies; 0 in a closed loop
 * @param cutOffCalls calls that were under way when the load test was stopped, and were cancelled
 * @param elapsed from the end of the warm-up to the end of the last call
 * @param latencies of the measured calls that succeeded
 * @param failedLatencies of the measured calls that failed; apart, because a failure is often much
 *     faster or much slower than a success
 * @param statuses how many measured calls ended with each status
 * @param notFoundAsPlanned how many of them ended with NOT_FOUND for an invented id, which is a
 *     success
 * @param reasons how many calls failed for each reason
 * @param sources how many ids were answered from each source
 * @param failedIds how many ids of batches had no row, by status
 * @param idReasons how many of these for each reason
 * @param differentIds how many different ids were requested, in the warm-up, too
 * @param invalidations the calls of Invalidate beside the others
 * @param cpuShare the share of all cores that the load test itself used, 0 to 1
 */
public record LoadResult(
    long warmUpCalls,
    long unsentCalls,
    long cutOffCalls,
    Duration elapsed,
    LatencyRecorder.Latencies latencies,
    LatencyRecorder.Latencies failedLatencies,
    Map<Code, Long> statuses,
    long notFoundAsPlanned,
    Map<Ending, Long> reasons,
    Map<Source, Long> sources,
    Map<Code, Long> failedIds,
    Map<Ending, Long> idReasons,
    long differentIds,
    Invalidations invalidations,
    double cpuShare) {

  /**
   * The calls of Invalidate.
   *
   * @param latencies of those that succeeded
   * @param reasons how many failed for each reason
   * @param unsent how many were due and could not be sent before the end
   */
  public record Invalidations(
      LatencyRecorder.Latencies latencies, Map<Ending, Long> reasons, long unsent) {}

  /** Rejects counts that contradict each other: a load test that miscounts has measured nothing. */
  public LoadResult {
    long ended = statuses.values().stream().mapToLong(Long::longValue).sum();
    if (ended != latencies.count() + failedLatencies.count()) {
      throw new IllegalStateException(
          "%d calls have a status but %d a latency"
              .formatted(ended, latencies.count() + failedLatencies.count()));
    }
    long good = statuses.getOrDefault(Code.OK, 0L) + notFoundAsPlanned;
    if (good != latencies.count()) {
      throw new IllegalStateException(
          "%d calls succeeded but %d have the latency of a success"
              .formatted(good, latencies.count()));
    }
  }

  /** How many calls were measured. */
  public long calls() {
    return latencies.count() + failedLatencies.count();
  }

  /** How many measured calls succeeded. */
  public long succeeded() {
    return latencies.count();
  }

  /** How many measured calls failed. */
  public long failed() {
    return failedLatencies.count();
  }

  /** How many measured calls were due: those that were sent and those that were not. */
  public long due() {
    return calls() + unsentCalls;
  }

  /** The share of the calls that were due and failed or were not sent, 0 to 1. */
  double errors() {
    return (double) (failed() + unsentCalls) / due();
  }

  /** How many of {@code calls} ended in a second of the measurement. */
  double perSecond(long calls) {
    return calls * 1e9 / Math.max(1, elapsed.toNanos());
  }
}
