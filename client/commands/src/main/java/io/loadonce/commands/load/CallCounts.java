package io.loadonce.commands.load;

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
import org.HdrHistogram.Histogram;

/**
 * The counts of the calls on one connection. Safe for use by many threads; each connection has its
 * own so that its threads do not contend with others.
 */
final class CallCounts {

  private final LatencyRecorder succeeded = new LatencyRecorder();
  private final LatencyRecorder failed = new LatencyRecorder();
  private final LongAdder warmUpCalls = new LongAdder();
  private final LongAdder sentCalls = new LongAdder();
  private final LongAdder unsentCalls = new LongAdder();
  private final Map<Code, LongAdder> statuses = adders(Code.class);
  private final Map<Source, LongAdder> sources = adders(Source.class);
  private final Map<Code, LongAdder> failedIds = adders(Code.class);

  /** Counts a call of the warm-up that has ended. */
  void addWarmUpCall() {
    warmUpCalls.increment();
  }

  /** Counts a measured call that is sent now. */
  void addSentCall() {
    sentCalls.increment();
  }

  /** Counts a call that was due and could not be sent before the end. */
  void addUnsentCall() {
    unsentCalls.increment();
  }

  /** Counts a measured call that has ended, whatever its status. */
  void addCall(Code status, long nanos) {
    of(statuses, status).increment();
    (status == Code.OK ? succeeded : failed).record(nanos);
  }

  /** Counts the id of a measured call that has succeeded. */
  void addReply(GetResponse reply) {
    of(sources, reply.getInfo().getSource()).increment();
  }

  /** Counts the ids of a measured call that has succeeded. */
  void addReply(BatchGetResponse reply) {
    for (BatchGetResult result : reply.getResultsList()) {
      if (result.hasStatus()) {
        of(failedIds, io.grpc.Status.fromCodeValue(result.getStatus().getCode()).getCode())
            .increment();
      } else {
        of(sources, result.getInfo().getSource()).increment();
      }
    }
  }

  static long sentCalls(List<CallCounts> all) {
    return all.stream().mapToLong(each -> each.sentCalls.sum()).sum();
  }

  static long unsentCalls(List<CallCounts> all) {
    return all.stream().mapToLong(each -> each.unsentCalls.sum()).sum();
  }

  static long warmUpCalls(List<CallCounts> all) {
    return all.stream().mapToLong(each -> each.warmUpCalls.sum()).sum();
  }

  /** The latencies since the last call of this method, of the calls that succeeded. */
  static Histogram drainSucceeded(List<CallCounts> all) {
    return LatencyRecorder.drain(all.stream().map(each -> each.succeeded).toList());
  }

  /** The latencies since the last call of this method, of the calls that failed. */
  static Histogram drainFailed(List<CallCounts> all) {
    return LatencyRecorder.drain(all.stream().map(each -> each.failed).toList());
  }

  static Map<Code, Long> statuses(List<CallCounts> all) {
    return sums(Code.class, all, each -> each.statuses);
  }

  static Map<Source, Long> sources(List<CallCounts> all) {
    return sums(Source.class, all, each -> each.sources);
  }

  static Map<Code, Long> failedIds(List<CallCounts> all) {
    return sums(Code.class, all, each -> each.failedIds);
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
      Class<E> type, List<CallCounts> all, Function<CallCounts, Map<E, LongAdder>> counts) {
    Map<E, Long> sums = new EnumMap<>(type);
    for (CallCounts each : all) {
      counts.apply(each).forEach((key, adder) -> sums.merge(key, adder.sum(), Long::sum));
    }
    sums.values().removeIf(sum -> sum == 0);
    return sums;
  }
}
