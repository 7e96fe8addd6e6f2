package io.loadonce.server.history;

import com.google.protobuf.Struct;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.loadonce.db.OneLookup;
import io.loadonce.server.changes.DelayedInvalidations;
import io.loadonce.server.changes.Instances;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.lookup.LookupsOverSources;
import io.loadonce.server.request.ConnectionLimits;
import io.loadonce.server.request.Connections;
import io.loadonce.server.request.ResourceEndpoint;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.Resource;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The service over a real connection, as other processes call it. */
final class GrpcSubject implements HistorySubject {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration BETWEEN_SWEEPS = Duration.ofMillis(5);

  private final OneLookup.Open<EncodedRow> rows;
  private final ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor();
  private final Server server;
  private final ManagedChannel channel;
  private final ResourceServiceBlockingStub stub;

  GrpcSubject(HistoryDatabase database, Variant variant) throws IOException {
    rows = database.settings(variant.maxDelay()).open(EncodedRow::of);
    Lookups lookups =
        LookupsOverSources.of(
            List.of(
                new LookupConfig(
                    database.settings(variant.maxDelay()).lookup(),
                    variant.cache(),
                    variant.load())),
            _ -> new DelayedSource<>(rows, variant.maxDelay()),
            LoadOnceSubject.lockSettings(),
            System::nanoTime);
    ResourceEndpoint endpoint =
        new ResourceEndpoint(
            lookups,
            CALL_TIMEOUT,
            new Connections(ConnectionLimits.DEFAULTS, System::nanoTime),
            new DelayedInvalidations(System::nanoTime, Runnable::run),
            Instances.ALONE,
            System::nanoTime);
    var _ =
        sweeper.scheduleWithFixedDelay(
            () -> {
              lookups.all().getFirst().engine().sweep();
              endpoint.sweep();
            },
            0,
            BETWEEN_SWEEPS.toNanos(),
            TimeUnit.NANOSECONDS);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(endpoint)
            .build()
            .start();
    channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()))
            .usePlaintext()
            .build();
    stub = ResourceServiceGrpc.newBlockingStub(channel);
  }

  @Override
  public Answer read(int id, long minVersion) {
    GetRequest.Builder request = GetRequest.newBuilder().setId(Integer.toString(id));
    if (minVersion != ReadLog.ANY) {
      request.setMinVersion(minVersion);
    }
    try {
      return row(
          stub.withDeadlineAfter(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
              .get(request.build())
              .getResource());
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION
          ? new Answer.TooOld()
          : new Answer.NoAnswer(e.toString());
    }
  }

  @Override
  public void invalidate(int id) {
    var _ =
        stub.withDeadlineAfter(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .invalidate(InvalidateRequest.newBuilder().addIds(Integer.toString(id)).build());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    sweeper.shutdownNow();
    rows.close();
  }

  private static Answer row(Resource row) {
    Struct data = row.getData();
    String payload = data.getFieldsOrThrow("payload").getStringValue();
    if (!payload.equals(Long.toString(row.getVersion()))) {
      throw new IllegalStateException("payload " + payload + " beside version " + row.getVersion());
    }
    return new Answer.Row(row.getVersion());
  }
}
