package io.loadonce.bench.reliability.overload;

import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** What callers got. */
record Answers(List<Answer> all) {

  private static final long HALF_SECOND = 500_000_000;
  private static final long STEP_NANOS = 100_000_000;

  /**
   * @param dueNanos when the call was due, from the start of the load
   * @param lateNanos how much later it was sent, because this process had no time
   * @param tookNanos from the time when it was due to the answer
   */
  record Answer(long dueNanos, long lateNanos, long tookNanos, Status.Code status) {}

  /** Those of the calls that were due in a span of time. */
  Answers dueWithin(long fromNanos, long toNanos) {
    return new Answers(
        all.stream()
            .filter(answer -> answer.dueNanos() >= fromNanos && answer.dueNanos() < toNanos)
            .toList());
  }

  long count(Status.Code status) {
    return all.stream().filter(answer -> answer.status() == status).count();
  }

  /** How long the calls with that status took; NaN, which keeps no bound, if there are none. */
  double millis(Status.Code status, double share) {
    return millis(
        all.stream().filter(answer -> answer.status() == status).mapToLong(Answer::tookNanos),
        share);
  }

  /** How late calls were sent. */
  double lateMillis(double share) {
    return millis(all.stream().mapToLong(Answer::lateNanos), share);
  }

  /** The share of each status. */
  String statuses() {
    Map<Status.Code, Long> counts =
        all.stream()
            .collect(Collectors.groupingBy(Answer::status, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(each -> "%s %.1f %%".formatted(each.getKey(), 100.0 * each.getValue() / all.size()))
        .collect(Collectors.joining(", "));
  }

  /**
   * When, after the begin of a span, the first half second begins in which at least 95 % of the
   * calls were answered well. Infinite if there is none.
   */
  double normalAfterMillis(long fromNanos, long spanNanos) {
    for (long after = 0; after + HALF_SECOND <= spanNanos; after += STEP_NANOS) {
      long begin = fromNanos + after;
      if (dueWithin(begin, begin + HALF_SECOND).share(Status.Code.OK) >= 0.95) {
        return after / 1e6;
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** NaN, which keeps no bound, if there are no calls. */
  private double share(Status.Code status) {
    return (double) count(status) / all.size();
  }

  private static double millis(LongStream nanos, double share) {
    long[] sorted = nanos.sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[(int) (sorted.length * share)] / 1e6;
  }
}
