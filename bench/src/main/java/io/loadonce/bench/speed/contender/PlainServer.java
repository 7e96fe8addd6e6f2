package io.loadonce.bench.speed.contender;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo;
import io.loadonce.v1.LookupInfo.Source;
import io.loadonce.v1.Resource;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceImplBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * A plain service: generated messages, grpc-java's own executor, Caffeine in front of a query for
 * one row.
 */
public final class PlainServer extends ResourceServiceImplBase {

  private final TableReader table;
  private final Cache<String, Resource> cache =
      Caffeine.newBuilder().maximumSize(2_000_000).expireAfterWrite(Duration.ofMinutes(10)).build();

  private PlainServer(TableReader table) {
    this.table = table;
  }

  public static ServerProcess start(PostgresTable table) throws IOException, InterruptedException {
    return ServerProcess.java(PlainServer.class, List.of(table.url()));
  }

  /** Runs until the process is ended. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try (TableReader table = new TableReader(arguments[0])) {
      Server server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(new PlainServer(table))
              .build()
              .start();
      System.out.println("ready grpc=127.0.0.1:" + server.getPort());
      server.awaitTermination();
    }
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> caller) {
    Resource row = cache.getIfPresent(request.getId());
    Source source = row == null ? Source.SOURCE_LOADED : Source.SOURCE_MEMORY;
    try {
      Resource given = row == null ? cache.get(request.getId(), this::read) : row;
      caller.onNext(
          GetResponse.newBuilder()
              .setResource(given)
              .setInfo(LookupInfo.newBuilder().setSource(source))
              .build());
      caller.onCompleted();
    } catch (IllegalStateException e) {
      caller.onError(Status.INTERNAL.withCause(e).asRuntimeException());
    }
  }

  private Resource read(String id) {
    try {
      return table.read(Long.parseLong(id));
    } catch (SQLException e) {
      throw new IllegalStateException("the table cannot be read", e);
    }
  }
}
