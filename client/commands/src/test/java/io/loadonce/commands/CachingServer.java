package io.loadonce.commands;

import com.google.protobuf.util.Durations;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import io.loadonce.v1.ListLookupsRequest;
import io.loadonce.v1.ListLookupsResponse;
import io.loadonce.v1.Lookup;
import io.loadonce.v1.LookupInfo;
import io.loadonce.v1.LookupInfo.Source;
import io.loadonce.v1.Resource;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceImplBase;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server with a cache, whose queries take 50 ms. With load-once, callers of an id that is being
 * loaded wait for that query; without, each of them sends its own. Ids below 0 have no row.
 */
final class CachingServer extends ResourceServiceImplBase implements AutoCloseable {

  private static final Executor DATABASE =
      CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);

  private final boolean loadsOnce;
  private volatile long lastCall = Long.MAX_VALUE;
  private final AtomicLong callsUntilStop = new AtomicLong(Long.MAX_VALUE);
  private volatile boolean ignoresInvalidations;
  private final AtomicLong invalidationsUntilRefused = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong queries = new AtomicLong();
  private final Set<String> cached = new HashSet<>();
  private final Map<String, List<StreamObserver<GetResponse>>> waiters = new HashMap<>();
  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;
  private final int port;
  private final HttpServer admin;

  CachingServer(boolean loadsOnce) throws IOException {
    this.loadsOnce = loadsOnce;
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .directExecutor()
            .addService(this)
            .addService(health.getHealthService())
            .build()
            .start();
    port = server.getPort();
    admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    admin.createContext(
        "/metrics",
        exchange -> {
          byte[] body =
              "loadonce_queries_total %1$d%nloadonce_ids_loaded_total %1$d%n"
                  .formatted(queries.get())
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    admin.start();
  }

  String target() {
    return "127.0.0.1:" + port;
  }

  String admin() {
    return "http://127.0.0.1:" + admin.getAddress().getPort();
  }

  /** Stops the server at a call after it has invalidated ids; that call fails. */
  void stopAfter(long calls) {
    lastCall = calls;
  }

  /** Refuses to invalidate after so many calls of Invalidate. */
  void refuseInvalidationsAfter(long calls) {
    invalidationsUntilRefused.set(calls);
  }

  /** Makes it a server whose Invalidate does nothing for one id alone. */
  void ignoreInvalidations() {
    ignoresInvalidations = true;
  }

  @Override
  public synchronized void get(GetRequest request, StreamObserver<GetResponse> caller) {
    if (callsUntilStop.decrementAndGet() <= 0) {
      health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
      server.shutdown();
      caller.onError(Status.UNAVAILABLE.asRuntimeException());
      return;
    }
    String id = request.getId();
    if (cached.contains(id)) {
      answer(id, caller, Source.SOURCE_MEMORY);
      return;
    }
    if (!loadsOnce) {
      query(() -> loaded(id, List.of(caller)));
      return;
    }
    List<StreamObserver<GetResponse>> all = waiters.computeIfAbsent(id, _ -> new ArrayList<>());
    all.add(caller);
    if (all.size() == 1) {
      query(() -> loaded(id));
    }
  }

  private void query(Runnable whenDone) {
    queries.incrementAndGet();
    DATABASE.execute(whenDone);
  }

  /** In one step, so that a call meanwhile finds either the load or the row. */
  private synchronized void loaded(String id) {
    loaded(id, Objects.requireNonNull(waiters.remove(id)));
  }

  private synchronized void loaded(String id, List<StreamObserver<GetResponse>> callers) {
    cached.add(id);
    answer(id, callers.getFirst(), Source.SOURCE_LOADED);
    callers.stream().skip(1).forEach(caller -> answer(id, caller, Source.SOURCE_JOINED));
  }

  private static void answer(String id, StreamObserver<GetResponse> caller, Source source) {
    if (id.startsWith("-")) {
      caller.onError(Status.NOT_FOUND.asRuntimeException());
      return;
    }
    caller.onNext(
        GetResponse.newBuilder()
            .setResource(Resource.newBuilder().setId(id))
            .setInfo(LookupInfo.newBuilder().setSource(source))
            .build());
    caller.onCompleted();
  }

  @Override
  public synchronized void invalidate(
      InvalidateRequest request, StreamObserver<InvalidateResponse> caller) {
    callsUntilStop.set(lastCall);
    if (invalidationsUntilRefused.decrementAndGet() < 0) {
      caller.onError(Status.PERMISSION_DENIED.asRuntimeException());
      return;
    }
    if (!ignoresInvalidations || request.getIdsCount() > 1) {
      request.getIdsList().forEach(cached::remove);
    }
    caller.onNext(InvalidateResponse.getDefaultInstance());
    caller.onCompleted();
  }

  @Override
  public void listLookups(ListLookupsRequest request, StreamObserver<ListLookupsResponse> caller) {
    caller.onNext(
        ListLookupsResponse.newBuilder()
            .addLookups(
                Lookup.newBuilder()
                    .setName("city")
                    .setTimeToLive(Durations.fromHours(1))
                    .setNegativeTimeToLive(Durations.fromHours(1)))
            .build());
    caller.onCompleted();
  }

  @Override
  public void close() {
    admin.stop(0);
    server.shutdownNow();
  }
}
