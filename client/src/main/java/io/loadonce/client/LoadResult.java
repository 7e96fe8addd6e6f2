package io.loadonce.client;

import io.grpc.Status.Code;
import io.loadonce.v1.LookupInfo.Source;
import java.time.Duration;
import java.util.Map;

/**
 * What came of a load test, each call counted once.
 *
 * @param warmUpCalls calls that ended and are counted nowhere else
 * @param elapsed from the end of the warm-up to the end of the last call
 * @param latencies of all counted calls, whatever their status
 * @param statuses how many counted calls ended with each
 * @param sources how many ids were answered from each
 * @param failedIds how many ids of batches had no row, by status
 * @param cpuShare how much of all cores the load test itself took, from 0 to 1
 */
record LoadResult(
    long warmUpCalls,
    Duration elapsed,
    LatencyRecorder.Latencies latencies,
    Map<Code, Long> statuses,
    Map<Source, Long> sources,
    Map<Code, Long> failedIds,
    double cpuShare) {

  /** Refuses counts that contradict each other: a load test that miscounts has measured nothing. */
  LoadResult {
    long ended = statuses.values().stream().mapToLong(Long::longValue).sum();
    if (ended != latencies.count()) {
      throw new IllegalStateException(
          "%d calls have a status but %d a latency".formatted(ended, latencies.count()));
    }
  }

  /** How many calls were counted. */
  long calls() {
    return latencies.count();
  }

  /** How many of them ended well. */
  long succeeded() {
    return statuses.getOrDefault(Code.OK, 0L);
  }

  /** Counted calls a second. */
  double callsPerSecond() {
    return calls() * 1e9 / Math.max(1, elapsed.toNanos());
  }
}
