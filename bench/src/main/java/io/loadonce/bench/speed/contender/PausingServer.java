package io.loadonce.bench.speed.contender;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A server whose latency is known: it answers each Get after a fixed time. It counts the calls that
 * arrive in each second, and so checks the rate of a load generator from outside.
 */
public final class PausingServer extends ResourceServiceImplBase {

  private static final Pattern SECOND = Pattern.compile("arrived in a second: (\\d+)");
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ScheduledExecutorService answers = Executors.newSingleThreadScheduledExecutor();
  private final long pauseNanos;
  private final GetResponse reply =
      GetResponse.newBuilder()
          .setResource(
              Resource.newBuilder()
                  .setId("1")
                  .setData(
                      Struct.newBuilder()
                          .putFields("name", Value.newBuilder().setStringValue("Paris").build())))
          .setInfo(LookupInfo.newBuilder().setSource(Source.SOURCE_MEMORY))
          .build();

  private long secondNanos = System.nanoTime();
  private long arrived;

  private PausingServer(Duration pause) {
    this.pauseNanos = pause.toNanos();
  }

  /** Starts it in a process of its own. */
  public static ServerProcess start(Duration pause) throws IOException, InterruptedException {
    return ServerProcess.java(PausingServer.class, List.of(Long.toString(pause.toMillis())));
  }

  /** How many calls arrived in each second that has passed, in order. */
  public static List<Long> arrived(ServerProcess server) throws IOException {
    return SECOND
        .matcher(server.logs())
        .results()
        .map(second -> Long.valueOf(second.group(1)))
        .toList();
  }

  /** Runs until the process is ended. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(new PausingServer(Duration.ofMillis(Long.parseLong(arguments[0]))))
            .addService(new HealthStatusManager().getHealthService())
            .build()
            .start();
    System.out.println("ready grpc=127.0.0.1:" + server.getPort());
    server.awaitTermination();
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> caller) {
    count(System.nanoTime());
    if (pauseNanos == 0) {
      answer(caller);
    } else {
      var _ = answers.schedule(() -> answer(caller), pauseNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void answer(StreamObserver<GetResponse> caller) {
    caller.onNext(reply);
    caller.onCompleted();
  }

  private synchronized void count(long nowNanos) {
    while (nowNanos - secondNanos >= SECOND_NANOS) {
      System.err.println("arrived in a second: " + arrived);
      secondNanos += SECOND_NANOS;
      arrived = 0;
    }
    arrived++;
  }
}
