package io.loadonce.server.faults;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.Resource;
import io.loadonce.v1.ResourceServiceGrpc;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Calls to a service whose database may be broken. */
final class Calls {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Recovery from each fault, but for the time that a database takes to start. */
  static final Duration RECOVERY = Duration.ofSeconds(2);

  /**
   * How a call ended.
   *
   * @param status the name of its code, and the reason if it has one: {@code UNAVAILABLE
   *     DATABASE_UNAVAILABLE}
   * @param row null if it failed
   */
  record Ended(String status, @Nullable Resource row, Duration took) {

    boolean isOk() {
      return row != null;
    }
  }

  private Calls() {}

  static Ended get(RunningService service, String id, Duration deadline) {
    long startNanos = System.nanoTime();
    try {
      Resource row =
          ResourceServiceGrpc.newBlockingStub(service.channel())
              .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
              .get(GetRequest.newBuilder().setId(id).build())
              .getResource();
      return new Ended("OK", row, since(startNanos));
    } catch (StatusRuntimeException e) {
      return new Ended(
          (e.getStatus().getCode() + " " + reason(e)).strip(), /* row= */ null, since(startNanos));
    }
  }

  static Ended get(RunningService service, String id) {
    return get(service, id, Duration.ofSeconds(20));
  }

  /** Calls with all ids at the same moment. */
  static List<Ended> getAll(RunningService service, List<String> ids, Duration deadline)
      throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Ended>> calls = new ArrayList<>();
      for (String id : ids) {
        calls.add(threads.submit(() -> get(service, id, deadline)));
      }
      List<Ended> ends = new ArrayList<>();
      for (Future<Ended> call : calls) {
        ends.add(call.get());
      }
      return ends;
    }
  }

  /** Waits until a call ends like that, for as long as a recovery may take. */
  static Ended awaitEnd(RunningService service, String id, Predicate<Ended> condition) {
    return await()
        .atMost(RECOVERY)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> get(service, id, RECOVERY), condition);
  }

  /** Waits until no flight, no waiter and no loader is left. */
  static void awaitIdle(RunningService service, Duration atMost) {
    await()
        .atMost(atMost)
        .until(() -> service.flights() + service.waiters() + service.loaders() == 0);
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  private static String reason(StatusRuntimeException failure) {
    com.google.rpc.Status details = StatusProto.fromThrowable(failure);
    if (details == null) {
      return "";
    }
    for (Any detail : details.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return detail.unpack(ErrorInfo.class).getReason();
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    return "";
  }

  /** The page of metrics. */
  static String metrics(RunningService service) throws Exception {
    return HTTP.send(
            HttpRequest.newBuilder(URI.create("http://" + service.admin() + "/metrics"))
                .timeout(Duration.ofSeconds(10))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
