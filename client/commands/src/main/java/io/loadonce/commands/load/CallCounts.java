package io.loadonce.commands.load;

import io.grpc.Status.Code;
import io.loadonce.v1.BatchGetResponse;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo.Source;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
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
  private final LongAdder started = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final LongAdder cutOffCalls = new LongAdder();
  private final LongAdder notFoundAsPlanned = new LongAdder();
  private final Map<Code, LongAdder> statuses = adders(Code.class);
  private final Map<Ending, LongAdder> reasons = new ConcurrentHashMap<>();
  private final Map<Ending, LongAdder> idReasons = new ConcurrentHashMap<>();
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

  /** Counts a call that is sent now, measured or not. */
  void addStart() {
    started.increment();
  }

  /** Counts that a call has ended, after everything else about it was counted. */
  void addEnd() {
    ended.increment();
  }

  /** Counts a call that was cancelled because the load test was stopped. */
  void addCutOffCall() {
    cutOffCalls.increment();
  }

  /**
   * Counts a measured call that has ended, whatever its status.
   *
   * @param isInvented whether its id was invented, so that "not found" is the right answer
   */
  void addCall(Ending ending, long nanos, boolean isInvented) {
    of(statuses, ending.code()).increment();
    if (ending.code() == Code.OK) {
      succeeded.record(nanos);
    } else if (isInvented && ending.code() == Code.NOT_FOUND) {
      notFoundAsPlanned.increment();
      succeeded.record(nanos);
    } else {
      reasons.computeIfAbsent(ending, _ -> new LongAdder()).increment();
      failed.record(nanos);
    }
  }

  /** Counts the id of a measured call that has succeeded. */
  void addReply(GetResponse reply) {
    of(sources, reply.getInfo().getSource()).increment();
  }

  /** Counts the ids of a measured call that has succeeded. */
  void addReply(BatchGetResponse reply) {
    for (BatchGetResult result : reply.getResultsList()) {
      if (result.hasStatus()) {
        Ending ending = Ending.of(result.getStatus());
        of(failedIds, ending.code()).increment();
        idReasons.computeIfAbsent(ending, _ -> new LongAdder()).increment();
      } else {
        of(sources, result.getInfo().getSource()).increment();
      }
    }
  }

  /** How many calls are under way. */
  static long underWay(List<CallCounts> all) {
    long ended = all.stream().mapToLong(each -> each.ended.sum()).sum();
    return all.stream().mapToLong(each -> each.started.sum()).sum() - ended;
  }

  static long cutOffCalls(List<CallCounts> all) {
    return all.stream().mapToLong(each -> each.cutOffCalls.sum()).sum();
  }

  static long notFoundAsPlanned(List<CallCounts> all) {
    return all.stream().mapToLong(each -> each.notFoundAsPlanned.sum()).sum();
  }

  /** Why calls have failed. */
  static Map<Ending, Long> reasons(List<CallCounts> all) {
    return sums(all, each -> each.reasons);
  }

  /** Why ids of batches had no row. */
  static Map<Ending, Long> idReasons(List<CallCounts> all) {
    return sums(all, each -> each.idReasons);
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

  private static Map<Ending, Long> sums(
      List<CallCounts> all, Function<CallCounts, Map<Ending, LongAdder>> counts) {
    Map<Ending, Long> sums = new TreeMap<>();
    for (CallCounts each : all) {
      counts.apply(each).forEach((key, adder) -> sums.merge(key, adder.sum(), Long::sum));
    }
    return sums;
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
