package io.loadonce.server;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.loadonce.db.CountedDatabase;
import io.loadonce.server.ports.Address;
import io.loadonce.server.settings.RunningSettings;
import io.loadonce.server.settings.Setting;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real service on ports of its own, with a connection to it. */
public final class RunningService implements AutoCloseable {

  private static final int DEADLINE_SECONDS = 20;

  private final Service service;
  private final RunningSettings running;
  private final ManagedChannel channel;
  private boolean drained;

  private RunningService(Service service, RunningSettings running) {
    this.service = service;
    this.running = running;
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", service.grpc().port()).usePlaintext().build();
  }

  /**
   * @param query null for the default one
   * @param flags by name, such as {@code --pool-size}
   */
  public static RunningService on(
      CountedDatabase database, String query, Map<String, String> flags) {
    Map<String, String> all = new HashMap<>(flags);
    all.put("--db-url", database.url());
    all.put("--db-user", database.user());
    all.put("--query", query);
    return with(all);
  }

  public static RunningService on(CountedDatabase database) {
    return on(database, Setting.QUERY.defaultText(), Map.of());
  }

  public static RunningService with(Map<String, String> flags) {
    Map<String, String> all = new HashMap<>(flags);
    all.put("--port", "0");
    all.put("--admin-port", "0");
    all.putIfAbsent("--drain-timeout", "5s");
    RunningSettings running = RunningSettings.load(all, Map.of(), Runtime.getRuntime().maxMemory());
    return new RunningService(Service.start(running), running);
  }

  public ManagedChannel channel() {
    return channel;
  }

  /** Its deadline begins now. */
  public ResourceServiceBlockingStub stub() {
    return ResourceServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  public Address grpc() {
    return service.grpc();
  }

  public Address admin() {
    return service.admin();
  }

  public int grpcPort() {
    return service.grpc().port();
  }

  /** Whether its health says that it accepts calls. */
  public boolean isServing() {
    return HealthGrpc.newBlockingStub(channel)
            .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus()
        == ServingStatus.SERVING;
  }

  public int waiters() {
    return service.lookups().shared().waiters().waiters();
  }

  public int flights() {
    return service.lookups().flights();
  }

  /** The loaders that run a query, and so hold a connection. */
  public int loaders() {
    return service.lookups().shared().loaders().inUse();
  }

  /** Does what SIGHUP does: the settings file is read again within a second. */
  public void requestReload() {
    running.request();
  }

  public boolean drain() {
    drained = true;
    return service.drain();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    if (!drained) {
      drain();
    }
  }
}
