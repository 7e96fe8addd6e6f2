package io.loadonce.server.ports;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.Collection;
import java.util.List;

/**
 * Whether the service accepts calls: reported by gRPC's health service and by {@code /readyz}. The
 * health service knows the server (an empty name), the gRPC service by its name, and each lookup as
 * {@code lookup/NAME}. Starts as not serving, since the database may not be reachable yet. Safe for
 * use by many threads; never blocks.
 */
public final class Health {

  private enum State {
    STARTING,
    SERVING,
    DRAINING
  }

  private static final String LOOKUP_PREFIX = "lookup/";

  private final HealthStatusManager services = new HealthStatusManager();
  private final List<String> names;
  private volatile State state = State.STARTING;

  /**
   * @param service the full name of the gRPC service
   * @param lookups the names of all lookups
   */
  public Health(String service, Collection<String> lookups) {
    this.names = List.of(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, service);
    setStatus(ServingStatus.NOT_SERVING);
    lookups.forEach(each -> lookup(each, /* works= */ false));
  }

  /** Reports that the service accepts calls, unless it is draining already. */
  public synchronized void serving() {
    if (state == State.STARTING) {
      state = State.SERVING;
      setStatus(ServingStatus.SERVING);
    }
  }

  /** Reports whether the query of a lookup works, unless the service is draining already. */
  public synchronized void lookup(String name, boolean works) {
    if (state != State.DRAINING) {
      services.setStatus(
          LOOKUP_PREFIX + name, works ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
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

  /** Returns the pages for probes: {@code /livez} and {@code /readyz}. */
  public List<Page> pages() {
    Page.Content ok = new Page.Content(200, "ok\n");
    Page.Content notServing = new Page.Content(503, "not serving\n");
    return List.of(
        Page.of(
            "/livez", Page.Readers.EVERYONE, "200 while the process lives", Page.TEXT, () -> ok),
        Page.of(
            "/readyz",
            Page.Readers.EVERYONE,
            "200 while the service accepts calls, 503 otherwise",
            Page.TEXT,
            () -> isServing() ? ok : notServing));
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
