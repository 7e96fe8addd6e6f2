package io.loadonce.server.ports;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.List;

/**
 * Whether the service accepts calls: reported by gRPC's health service, for the server and for the
 * service's name, and by {@code /healthz}. Starts as not serving, since the database may not be
 * reachable yet. Safe for use by many threads; never blocks.
 */
public final class Health {

  private enum State {
    STARTING,
    SERVING,
    DRAINING
  }

  private final HealthStatusManager services = new HealthStatusManager();
  private final List<String> names;
  private volatile State state = State.STARTING;

  /**
   * @param service the full name of the gRPC service
   */
  public Health(String service) {
    this.names = List.of(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, service);
    setStatus(ServingStatus.NOT_SERVING);
  }

  /** Reports that the service accepts calls, unless it is draining already. */
  public synchronized void serving() {
    if (state == State.STARTING) {
      state = State.SERVING;
      setStatus(ServingStatus.SERVING);
    }
  }

  /** Reports that the service accepts no more calls; this is final. */
  synchronized void draining() {
    state = State.DRAINING;
    services.enterTerminalState();
  }

  public boolean isServing() {
    return state == State.SERVING;
  }

  /** Returns the page {@code /healthz}. */
  public Page page() {
    return new Page(
        "/healthz",
        "200 while the service accepts calls, 503 otherwise",
        Page.TEXT,
        () -> isServing() ? new Page.Content(200, "ok\n") : new Page.Content(503, "not serving\n"));
  }

  BindableService service() {
    return services.getHealthService();
  }

  private void setStatus(ServingStatus status) {
    for (String name : names) {
      services.setStatus(name, status);
    }
  }
}
