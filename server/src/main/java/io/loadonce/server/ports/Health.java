package io.loadonce.server.ports;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.List;

/**
 * Whether calls are welcome: for the health service, as a whole and by the service's name, and for
 * {@code /healthz}. Begins with no, since the database may not be there yet. Safe for use by many
 * threads; never blocks.
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
   * @param service the full name of the service that is spoken for
   */
  public Health(String service) {
    this.names = List.of(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, service);
    tell(ServingStatus.NOT_SERVING);
  }

  /** Calls are welcome from now on, unless it is over already. */
  public synchronized void serving() {
    if (state == State.STARTING) {
      state = State.SERVING;
      tell(ServingStatus.SERVING);
    }
  }

  /** It is over: calls are not welcome any more, and never will be. */
  synchronized void draining() {
    state = State.DRAINING;
    services.enterTerminalState();
  }

  public boolean isServing() {
    return state == State.SERVING;
  }

  BindableService service() {
    return services.getHealthService();
  }

  private void tell(ServingStatus status) {
    for (String name : names) {
      services.setStatus(name, status);
    }
  }
}
