package io.loadonce.client;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Structs;
import com.google.protobuf.util.Values;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.protobuf.StatusProto;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.stub.StreamObserver;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResponse;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import io.loadonce.v1.Key;
import io.loadonce.v1.ListLookupsRequest;
import io.loadonce.v1.ListLookupsResponse;
import io.loadonce.v1.Lookup;
import io.loadonce.v1.LookupInfo;
import io.loadonce.v1.Resource;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceImplBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A server on a free loopback port that answers without a database. Ids that begin with {@code
 * missing} have no row, {@code down} is UNAVAILABLE, {@code busy} is RESOURCE_EXHAUSTED, {@code
 * silent} is never answered, {@code large} has a row of 1 MiB. All rows have version 0. There is no
 * lookup {@code none}; the lookup {@code order-lines} returns as many rows as the id says.
 */
public final class FakeServer extends ResourceServiceImplBase implements AutoCloseable {

  // Some tests connect to it in the wrong way on purpose; gRPC would log each.
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  static {
    GRPC_LOG.setLevel(Level.SEVERE);
  }

  public final AtomicInteger gets = new AtomicInteger();
  public final Queue<GetRequest> requests = new ConcurrentLinkedQueue<>();
  public final Queue<List<String>> batches = new ConcurrentLinkedQueue<>();
  public final AtomicInteger failuresFirst = new AtomicInteger();
  public final Queue<InvalidateRequest> invalidations = new ConcurrentLinkedQueue<>();
  public final HealthStatusManager health = new HealthStatusManager();
  private final Server server;
  private final int port;

  public FakeServer() {
    this(InsecureServerCredentials.create());
  }

  public FakeServer(ServerCredentials credentials) {
    try {
      server =
          Grpc.newServerBuilderForPort(0, credentials)
              .directExecutor()
              .addService(this)
              .addService(health.getHealthService())
              .addService(ProtoReflectionServiceV1.newInstance())
              .build()
              .start();
      port = server.getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String target() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> observer) {
    gets.incrementAndGet();
    requests.add(request);
    if (failuresFirst.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      observer.onError(StatusProto.toStatusRuntimeException(unavailable()));
      return;
    }
    if (request.getId().equals("silent")) {
      return;
    }
    BatchGetResult result =
        result(
            Key.newBuilder()
                .setLookup(request.getLookup())
                .setId(request.getId())
                .addAllKey(request.getKeyList())
                .build(),
            request.getMinVersion());
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
    for (String id : request.getIdsList()) {
      Key key = Key.newBuilder().setLookup(request.getLookup()).setId(id).build();
      response.addResults(result(key, request.getMinVersion()));
    }
    request.getKeysList().forEach(key -> response.addResults(result(key, request.getMinVersion())));
    observer.onNext(response.build());
    observer.onCompleted();
  }

  @Override
  public void invalidate(InvalidateRequest request, StreamObserver<InvalidateResponse> observer) {
    invalidations.add(request);
    observer.onNext(
        InvalidateResponse.newBuilder()
            .setEntriesRemoved(request.getIdsCount())
            .setFlightsFenced(1)
            .setInstancesReached(1)
            .build());
    observer.onCompleted();
  }

  @Override
  public void listLookups(
      ListLookupsRequest request, StreamObserver<ListLookupsResponse> observer) {
    observer.onNext(
        ListLookupsResponse.newBuilder()
            .addLookups(Lookup.newBuilder().setName("product"))
            .addLookups(Lookup.newBuilder().setName("order-lines").setReturnsLists(true))
            .build());
    observer.onCompleted();
  }

  private static BatchGetResult result(Key key, long minVersion) {
    String id = key.getId();
    if (key.getLookup().equals("none")) {
      return failed(status(Code.NOT_FOUND, "UNKNOWN_LOOKUP", "this server has no lookup none"));
    }
    if (id.startsWith("missing")) {
      return failed(status(Code.NOT_FOUND, "NOT_FOUND", "no row"));
    }
    if (id.equals("down")) {
      return failed(unavailable());
    }
    if (id.equals("busy")) {
      RetryInfo retry = RetryInfo.newBuilder().setRetryDelay(Durations.fromMillis(250)).build();
      return failed(
          status(Code.RESOURCE_EXHAUSTED, "TOO_MANY_WAITERS", "too many callers wait").toBuilder()
              .addDetails(Any.pack(retry))
              .build());
    }
    if (minVersion > 0) {
      return failed(status(Code.FAILED_PRECONDITION, "VERSION_TOO_OLD", "version 0 is too old"));
    }
    LookupInfo info =
        LookupInfo.newBuilder()
            .setSource(LookupInfo.Source.SOURCE_MEMORY)
            .setAge(Durations.fromMillis(12))
            .build();
    return BatchGetResult.newBuilder().setResource(resource(key)).setInfo(info).build();
  }

  private static Resource resource(Key key) {
    Resource.Builder resource =
        Resource.newBuilder().setId(key.getId()).addAllKey(key.getKeyList());
    return key.getLookup().equals("order-lines")
        ? resource
            .addAllRows(Collections.nCopies(Integer.parseInt(key.getId()), data(key.getId())))
            .build()
        : resource.setData(data(key.getId())).build();
  }

  private static Struct data(String id) {
    return id.equals("large")
        ? Structs.of("text", Values.of("x".repeat(1 << 20)))
        : Structs.of(
            "name", Values.of("Paris"),
            "population", Values.of(2_138_551),
            "longitude", Values.of(2.3488));
  }

  private static BatchGetResult failed(Status status) {
    return BatchGetResult.newBuilder().setStatus(status).build();
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
