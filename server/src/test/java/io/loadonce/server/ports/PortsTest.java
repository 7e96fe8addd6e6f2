package io.loadonce.server.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.loadonce.db.CountedDatabase;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The two ports from outside: health, reflection, the pages, and the drain. */
class PortsTest {

  private static final String NAME = ResourceServiceGrpc.SERVICE_NAME;

  @Test
  void health_running_servesAsAWholeAndByName() {
    try (RunningService service = RunningService.with(Map.of())) {
      assertThat(check(service, "")).isEqualTo(ServingStatus.SERVING);
      assertThat(check(service, NAME)).isEqualTo(ServingStatus.SERVING);
      assertThat(check(service, "lookup/default")).isEqualTo(ServingStatus.SERVING);
      assertThatThrownBy(() -> check(service, "another.Service"))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageStartingWith("NOT_FOUND");
    }
  }

  @Test
  void health_databaseUnreachable_isNotServingButStarts() throws Exception {
    Map<String, String> nowhere =
        Map.of("--db-url", "jdbc:postgresql://127.0.0.1:1/none", "--connect-timeout", "250ms");
    try (RunningService service = RunningService.with(nowhere)) {
      assertThat(check(service, "")).isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(check(service, "lookup/default")).isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(page(service, "GET", "/readyz").statusCode()).isEqualTo(503);
      assertThat(page(service, "GET", "/livez").statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> get(service, "1").get(30, TimeUnit.SECONDS))
          .hasMessageContaining("UNAVAILABLE");
    }
  }

  @Test
  void reflection_bothVersions_knowTheService() throws Exception {
    try (RunningService service = RunningService.with(Map.of())) {
      CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
      StreamObserver<ServerReflectionRequest> asking =
          ServerReflectionGrpc.newStub(service.channel()).serverReflectionInfo(firstInto(answer));
      asking.onNext(ServerReflectionRequest.newBuilder().setFileContainingSymbol(NAME).build());

      assertThat(answer.get(30, TimeUnit.SECONDS).getFileDescriptorResponse())
          .extracting(response -> response.getFileDescriptorProtoCount())
          .isNotEqualTo(0);
      asking.onCompleted();
      assertThat(olderReflectionKnows(service)).isTrue();
    }
  }

  @Test
  void pages_each_areServed() throws Exception {
    try (RunningService service = RunningService.with(Map.of())) {
      assertThat(page(service, "GET", "/").body())
          .contains(
              "<code>/metrics</code>: the metrics, for Prometheus",
              "<code>/livez</code>: 200 while the process lives",
              "<code>/readyz</code>: 200 while the service accepts calls, 503 otherwise");
      assertThat(page(service, "GET", "/metrics").body())
          .contains("loadonce_queries_total{lookup=\"default\"} 0.0");
      assertThat(page(service, "GET", "/livez").body()).isEqualTo("ok\n");
      assertThat(page(service, "GET", "/readyz").body()).isEqualTo("ok\n");
      assertThat(page(service, "GET", "/healthz").statusCode()).isEqualTo(404);
      assertThat(page(service, "HEAD", "/metrics").body()).isEmpty();
      assertThat(page(service, "GET", "/else").statusCode()).isEqualTo(404);
      assertThat(page(service, "POST", "/metrics").statusCode()).isEqualTo(405);
    }
  }

  @Test
  void drain_callInFlight_ends() throws Exception {
    try (CountedDatabase database = CountedDatabase.h2();
        RunningService service =
            RunningService.on(database, database.slowQuery(Duration.ofMillis(500)), Map.of())) {
      ListenableFuture<GetResponse> call = get(service, "2988507");
      await().until(() -> service.waiters() == 1);

      assertThat(service.drain()).isTrue();

      assertThat(call.get(1, TimeUnit.SECONDS).getResource().getId()).isEqualTo("2988507");
    }
  }

  /** The check above can fail: without a grace the same call is lost. */
  @Test
  void drain_plantedGraceOfZero_failsTheCallAsShuttingDown() throws Exception {
    try (CountedDatabase database = CountedDatabase.h2();
        RunningService service =
            RunningService.on(
                database,
                database.slowQuery(Duration.ofSeconds(5)),
                Map.of("--drain-timeout", "0s"))) {
      ListenableFuture<GetResponse> call = get(service, "2988507");
      await().until(() -> service.waiters() == 1);

      assertThat(service.drain()).isFalse();

      assertThatThrownBy(() -> call.get(1, TimeUnit.SECONDS))
          .hasMessageContaining("UNAVAILABLE: this server is shutting down");
    }
  }

  @Test
  void drain_healthIsWatched_reportsItAndEndsTheWatch() {
    try (RunningService service = RunningService.with(Map.of())) {
      ConcurrentLinkedQueue<ServingStatus> seen = new ConcurrentLinkedQueue<>();
      CompletableFuture<Throwable> end = new CompletableFuture<>();
      HealthGrpc.newStub(service.channel())
          .watch(HealthCheckRequest.getDefaultInstance(), watcher(seen, end));
      await().until(() -> seen.contains(ServingStatus.SERVING));

      assertThat(service.drain()).isTrue();

      assertThat(end.join())
          .extracting(thrown -> Status.fromThrowable(thrown).getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(seen)
          .containsExactlyElementsOf(List.of(ServingStatus.SERVING, ServingStatus.NOT_SERVING));
    }
  }

  private static ServingStatus check(RunningService service, String name) {
    return HealthGrpc.newBlockingStub(service.channel())
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .check(HealthCheckRequest.newBuilder().setService(name).build())
        .getStatus();
  }

  private static ListenableFuture<GetResponse> get(RunningService service, String id) {
    return ResourceServiceGrpc.newFutureStub(service.channel())
        .get(GetRequest.newBuilder().setId(id).build());
  }

  private static HttpResponse<String> page(RunningService service, String method, String path)
      throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://" + service.admin() + path))
              .timeout(Duration.ofSeconds(10))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static boolean olderReflectionKnows(RunningService service) throws Exception {
    CompletableFuture<io.grpc.reflection.v1alpha.ServerReflectionResponse> answer =
        new CompletableFuture<>();
    StreamObserver<io.grpc.reflection.v1alpha.ServerReflectionRequest> asking =
        io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(service.channel())
            .serverReflectionInfo(firstInto(answer));
    asking.onNext(
        io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
            .setFileContainingSymbol(NAME)
            .build());
    boolean known = answer.get(30, TimeUnit.SECONDS).hasFileDescriptorResponse();
    asking.onCompleted();
    return known;
  }

  private static <T> StreamObserver<T> firstInto(CompletableFuture<T> answer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T value) {
        answer.complete(value);
      }

      @Override
      public void onError(Throwable thrown) {
        answer.completeExceptionally(thrown);
      }

      @Override
      public void onCompleted() {}
    };
  }

  private static StreamObserver<HealthCheckResponse> watcher(
      ConcurrentLinkedQueue<ServingStatus> seen, CompletableFuture<Throwable> end) {
    return new StreamObserver<>() {
      @Override
      public void onNext(HealthCheckResponse response) {
        seen.add(response.getStatus());
      }

      @Override
      public void onError(Throwable thrown) {
        end.complete(thrown);
      }

      @Override
      public void onCompleted() {
        end.complete(new AssertionError("a watch has no end of its own"));
      }
    };
  }
}
