package io.loadonce.bench.reliability.outages;

import io.grpc.Status;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * How a call ended, by the clock of its client.
 *
 * @param isCached whether the row of its id was in the cache
 * @param beganNanos as {@link System#nanoTime}
 */
record Answer(boolean isCached, long beganNanos, long tookNanos, Status.Code status) {

  boolean isOk() {
    return status == Status.Code.OK;
  }

  long endedNanos() {
    return beganNanos + tookNanos;
  }

  boolean beganWithin(long fromNanos, long toNanos) {
    return beganNanos - fromNanos >= 0 && beganNanos - toNanos < 0;
  }

  /**
   * The smallest value that so many of the answers do not exceed, in milliseconds.
   *
   * @param share 0 to 1; 1 for the largest value
   * @param answers at least one
   */
  static double percentile(Collection<Answer> answers, double share, ToLongFunction<Answer> nanos) {
    long[] sorted = answers.stream().mapToLong(nanos).sorted().toArray();
    int place = (int) Math.ceil(sorted.length * share) - 1;
    return sorted[Math.max(place, 0)] / 1e6;
  }

  /** The share of each status. */
  static String shares(Collection<Answer> answers) {
    Map<Status.Code, Long> counts =
        answers.stream()
            .collect(Collectors.groupingBy(Answer::status, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(
            each -> "%s %.1f %%".formatted(each.getKey(), 100.0 * each.getValue() / answers.size()))
        .collect(Collectors.joining(", "));
  }
}
