package io.loadonce.client;

import io.grpc.Status.Code;
import io.loadonce.v1.BatchGetResponse;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo.Source;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * The counts of the calls on one connection. Safe for use by many threads, but each connection has
 * its own so that they do not meet.
 */
final class Tally {

  private final LatencyRecorder latencies = new LatencyRecorder();
  private final LongAdder warmUpCalls = new LongAdder();
  private final Map<Code, LongAdder> statuses = adders(Code.class);
  private final Map<Source, LongAdder> sources = adders(Source.class);
  private final Map<Code, LongAdder> failedIds = adders(Code.class);

  /** A call of the warm-up has ended. */
  void warmUpCall() {
    warmUpCalls.increment();
  }

  /** A call that counts has ended. */
  void call(Code status, long nanos) {
    of(statuses, status).increment();
    latencies.record(nanos);
  }

  /** A call that counts has brought this. */
  void answer(GetResponse answer) {
    of(sources, answer.getInfo().getSource()).increment();
  }

  /** A call that counts has brought these. */
  void answer(BatchGetResponse answer) {
    for (BatchGetResult result : answer.getResultsList()) {
      if (result.hasStatus()) {
        of(failedIds, io.grpc.Status.fromCodeValue(result.getStatus().getCode()).getCode())
            .increment();
      } else {
        of(sources, result.getInfo().getSource()).increment();
      }
    }
  }

  static long warmUpCalls(List<Tally> tallies) {
    return tallies.stream().mapToLong(tally -> tally.warmUpCalls.sum()).sum();
  }

  static LatencyRecorder.Latencies latencies(List<Tally> tallies) {
    return LatencyRecorder.drain(tallies.stream().map(tally -> tally.latencies).toList());
  }

  static Map<Code, Long> statuses(List<Tally> tallies) {
    return sums(Code.class, tallies, tally -> tally.statuses);
  }

  static Map<Source, Long> sources(List<Tally> tallies) {
    return sums(Source.class, tallies, tally -> tally.sources);
  }

  static Map<Code, Long> failedIds(List<Tally> tallies) {
    return sums(Code.class, tallies, tally -> tally.failedIds);
  }

  private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
    Map<E, LongAdder> adders = new EnumMap<>(type);
    for (E each : type.getEnumConstants()) {
      adders.put(each, new LongAdder());
    }
    return adders;
  }

  private static <E extends Enum<E>> LongAdder of(Map<E, LongAdder> adders, E key) {
    LongAdder adder = adders.get(key);
    if (adder == null) {
      throw new IllegalStateException("no counter for " + key);
    }
    return adder;
  }

  private static <E extends Enum<E>> Map<E, Long> sums(
      Class<E> type, List<Tally> tallies, Function<Tally, Map<E, LongAdder>> counts) {
    Map<E, Long> sums = new EnumMap<>(type);
    for (Tally tally : tallies) {
      counts.apply(tally).forEach((key, adder) -> sums.merge(key, adder.sum(), Long::sum));
    }
    sums.values().removeIf(sum -> sum == 0);
    return sums;
  }
}
