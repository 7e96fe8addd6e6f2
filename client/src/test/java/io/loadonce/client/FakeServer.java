package io.loadonce.client;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Structs;
import com.google.protobuf.util.Values;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.protobuf.StatusProto;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResponse;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import io.loadonce.v1.LookupInfo;
import io.loadonce.v1.Resource;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceImplBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A server on a free loopback port that answers without a database. Ids that begin with {@code
 * missing} have no row, {@code down} is UNAVAILABLE, {@code silent} is never answered.
 */
final class FakeServer extends ResourceServiceImplBase implements AutoCloseable {

  // A client that speaks TLS to it is part of a test, and no news.
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  static {
    GRPC_LOG.setLevel(Level.SEVERE);
  }

  final AtomicInteger gets = new AtomicInteger();
  final Queue<List<String>> batches = new ConcurrentLinkedQueue<>();
  final AtomicInteger failuresFirst = new AtomicInteger();
  final HealthStatusManager health = new HealthStatusManager();
  private final Server server;
  private final int port;

  FakeServer() {
    this(InsecureServerCredentials.create());
  }

  FakeServer(ServerCredentials credentials) {
    try {
      server =
          Grpc.newServerBuilderForPort(0, credentials)
              .directExecutor()
              .addService(this)
              .addService(health.getHealthService())
              .build()
              .start();
      port = server.getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String target() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> observer) {
    gets.incrementAndGet();
    if (failuresFirst.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      observer.onError(StatusProto.toStatusRuntimeException(unavailable()));
      return;
    }
    String id = request.getId();
    if (id.equals("silent")) {
      return;
    }
    BatchGetResult result = result(id);
    if (result.hasStatus()) {
      observer.onError(StatusProto.toStatusRuntimeException(result.getStatus()));
      return;
    }
    observer.onNext(
        GetResponse.newBuilder()
            .setResource(result.getResource())
            .setInfo(result.getInfo())
            .build());
    observer.onCompleted();
  }

  @Override
  public void batchGet(BatchGetRequest request, StreamObserver<BatchGetResponse> observer) {
    batches.add(request.getIdsList());
    BatchGetResponse.Builder response = BatchGetResponse.newBuilder();
    request.getIdsList().forEach(id -> response.addResults(result(id)));
    observer.onNext(response.build());
    observer.onCompleted();
  }

  @Override
  public void invalidate(InvalidateRequest request, StreamObserver<InvalidateResponse> observer) {
    observer.onNext(
        InvalidateResponse.newBuilder().setEntriesRemoved(request.getIdsCount()).build());
    observer.onCompleted();
  }

  private static BatchGetResult result(String id) {
    if (id.startsWith("missing")) {
      Status missing = status(Code.NOT_FOUND, "NOT_FOUND", "no row");
      return BatchGetResult.newBuilder().setStatus(missing).build();
    }
    if (id.equals("down")) {
      return BatchGetResult.newBuilder().setStatus(unavailable()).build();
    }
    Resource row =
        Resource.newBuilder()
            .setId(id)
            .setData(
                Structs.of(
                    "name", Values.of("Paris"),
                    "population", Values.of(2_138_551),
                    "longitude", Values.of(2.3488)))
            .build();
    LookupInfo info =
        LookupInfo.newBuilder()
            .setSource(LookupInfo.Source.SOURCE_MEMORY)
            .setAge(Durations.fromMillis(12))
            .build();
    return BatchGetResult.newBuilder().setResource(row).setInfo(info).build();
  }

  private static Status unavailable() {
    return status(Code.UNAVAILABLE, "DATABASE_UNAVAILABLE", "the database\ncannot be reached");
  }

  private static Status status(Code code, String reason, String message) {
    ErrorInfo info = ErrorInfo.newBuilder().setDomain("loadonce").setReason(reason).build();
    return Status.newBuilder()
        .setCode(code.getNumber())
        .setMessage(message)
        .addDetails(Any.pack(info))
        .build();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
