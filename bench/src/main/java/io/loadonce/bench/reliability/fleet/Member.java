package io.loadonce.bench.reliability.fleet;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.loadonce.bench.reliability.pressure.Clients;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.Metrics;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResponse;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo.Source;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One instance in a process of its own, with connections to it. Safe for use by many threads. */
record Member(ServerProcess process, Clients clients) implements AutoCloseable {

  private static final Map<String, String> SMALL_HEAP =
      Map.of(LoadonceServer.JAVA_OPTIONS, "-Xmx256m");

  /** A connection carries 1,000 calls at one time. */
  private static final int CONNECTIONS = 10;

  private static final long BATCH_SECONDS = 30;

  /** Returns when it accepts calls. */
  static Member start(List<String> flags) throws IOException, InterruptedException {
    ServerProcess process = LoadonceServer.start(flags, SMALL_HEAP);
    try {
      return new Member(process, Clients.of(process.port(), CONNECTIONS));
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  String address() {
    return "127.0.0.1:" + process.port();
  }

  ListenableFuture<GetResponse> get(int id) {
    return get(GetRequest.newBuilder().setId(Integer.toString(id)), id);
  }

  /** Fails for an id that is not in the cache of this instance. */
  ListenableFuture<GetResponse> getIfCached(int id) {
    return get(GetRequest.newBuilder().setId(Integer.toString(id)).setOnlyIfCached(true), id);
  }

  private ListenableFuture<GetResponse> get(GetRequest.Builder request, int id) {
    return ResourceServiceGrpc.newFutureStub(clients.get(id)).get(request.build());
  }

  /**
   * Reads rows; blocks.
   *
   * @return how many of them came from the shared store
   * @throws StatusRuntimeException if one of them has no row
   */
  long batchGet(List<Integer> ids) {
    BatchGetResponse response =
        ResourceServiceGrpc.newBlockingStub(clients.get(ids.getFirst()))
            .withDeadlineAfter(BATCH_SECONDS, TimeUnit.SECONDS)
            .batchGet(
                BatchGetRequest.newBuilder()
                    .addAllIds(ids.stream().map(id -> Integer.toString(id)).toList())
                    .build());
    for (BatchGetResult result : response.getResultsList()) {
      if (!result.hasResource()) {
        throw Status.UNKNOWN.withDescription("no row: " + result).asRuntimeException();
      }
    }
    return response.getResultsList().stream()
        .filter(result -> result.getInfo().getSource() == Source.SOURCE_SHARED)
        .count();
  }

  Metrics metrics() throws IOException, InterruptedException {
    return Metrics.read(process.adminPort());
  }

  @Override
  public void close() {
    try (process) {
      clients.close();
    }
  }
}
