package io.loadonce.server.request;

import io.grpc.Status;
import io.loadonce.server.load.Histogram;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * How many calls of each method have ended with each status, and how long the event loop was busy
 * with a call that it answered at once. Safe for use by many threads; never blocks.
 */
public final class CallCounts {

  /** The methods of the contract. */
  public enum Method {
    GET,
    BATCH_GET,
    INVALIDATE,
    LIST_LOOKUPS
  }

  /** One call in so many is timed, on average; a power of two. */
  private static final int CALLS_PER_SAMPLE = 64;

  private final Map<Method, OfMethod> methods = new EnumMap<>(Method.class);

  CallCounts() {
    for (Method method : Method.values()) {
      methods.put(method, new OfMethod());
    }
  }

  /** The names of all statuses of gRPC. */
  public static List<String> statuses() {
    return Stream.of(Status.Code.values()).map(Status.Code::name).toList();
  }

  /**
   * How many calls have ended with a status; a call that its client left counts as cancelled.
   *
   * @param status one of {@link #statuses}
   */
  public long ended(Method method, String status) {
    return of(method).ended[Status.Code.valueOf(status).value()].sum();
  }

  /** The times of sampled calls that were answered at once, in nanoseconds. */
  public Histogram answeredAtOnce(Method method) {
    return of(method).answeredAtOnce;
  }

  OfMethod of(Method method) {
    return Objects.requireNonNull(methods.get(method));
  }

  /** The counts of one method. */
  static final class OfMethod {
    private final LongAdder[] ended =
        Stream.generate(LongAdder::new)
            .limit(Status.Code.values().length)
            .toArray(LongAdder[]::new);
    private final Histogram answeredAtOnce = Histogram.ofTimes();

    void ended(int status) {
      ended[status].increment();
    }

    /** Whether the call that begins now is to be timed. */
    boolean isSample() {
      return (ThreadLocalRandom.current().nextInt() & (CALLS_PER_SAMPLE - 1)) == 0;
    }

    void answeredAtOnce(long nanos) {
      answeredAtOnce.record(nanos);
    }
  }
}
