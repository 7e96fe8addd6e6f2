package io.loadonce.client;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a connection to each instance, and sends each call where its {@link Route} says; a call
 * without a route goes to each instance in turn. gRPC calls it on one thread at a time.
 */
final class AffinityBalancer extends LoadBalancer {

  static final String POLICY = "loadonce_affinity";

  /**
   * The longest that the first calls wait until each instance is connected or has failed. Without
   * the wait they would go to the instance that is connected first, and load ids that are not its.
   */
  static final long FIRST_CONNECTIONS_MILLIS = 1_000;

  private final Helper helper;
  private final Map<SocketAddress, Instance> instances = new LinkedHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();
  private @Nullable ScheduledHandle firstWait;
  private boolean settled;

  AffinityBalancer(Helper helper) {
    this.helper = helper;
  }

  @Override
  public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
    if (resolved.getAddresses().isEmpty()) {
      Status none = Status.UNAVAILABLE.withDescription("the name of the server has no address");
      handleNameResolutionError(none);
      return none;
    }
    Set<SocketAddress> named = new HashSet<>();
    for (EquivalentAddressGroup group : resolved.getAddresses()) {
      SocketAddress address = group.getAddresses().get(0);
      if (named.add(address) && !instances.containsKey(address)) {
        connect(address, group);
      }
    }
    Set<SocketAddress> gone = new HashSet<>(instances.keySet());
    gone.removeAll(named);
    for (SocketAddress address : gone) {
      Instance left = instances.remove(address);
      if (left != null) {
        left.connection().shutdown();
      }
    }
    if (firstWait == null) {
      firstWait =
          helper
              .getSynchronizationContext()
              .schedule(
                  this::settle,
                  FIRST_CONNECTIONS_MILLIS,
                  TimeUnit.MILLISECONDS,
                  helper.getScheduledExecutorService());
    }
    update();
    return Status.OK;
  }

  @Override
  public void handleNameResolutionError(Status error) {
    if (instances.isEmpty()) {
      helper.updateBalancingState(
          ConnectivityState.TRANSIENT_FAILURE, new FixedResultPicker(PickResult.withError(error)));
    }
  }

  @Override
  public void shutdown() {
    if (firstWait != null) {
      firstWait.cancel();
    }
    instances.values().forEach(one -> one.connection().shutdown());
  }

  private void connect(SocketAddress address, EquivalentAddressGroup group) {
    Subchannel connection =
        helper.createSubchannel(CreateSubchannelArgs.newBuilder().setAddresses(group).build());
    Instance instance = new Instance(connection, address);
    instances.put(address, instance);
    connection.start(state -> changed(instance, state));
    connection.requestConnection();
  }

  private void changed(Instance instance, ConnectivityStateInfo next) {
    if (!instances.containsValue(instance)) {
      return;
    }
    instance.become(next.getState(), next.getStatus());
    if (next.getState() == ConnectivityState.IDLE) {
      instance.connection().requestConnection();
    }
    if (next.getState() == ConnectivityState.IDLE
        || next.getState() == ConnectivityState.TRANSIENT_FAILURE) {
      helper.refreshNameResolution();
    }
    update();
  }

  private void settle() {
    settled = true;
    update();
  }

  private void update() {
    boolean connecting =
        instances.values().stream()
            .anyMatch(
                one ->
                    one.state() == ConnectivityState.CONNECTING
                        || one.state() == ConnectivityState.IDLE);
    settled |= !connecting;
    List<Instance> ready =
        instances.values().stream().filter(one -> one.state() == ConnectivityState.READY).toList();
    if (settled && !ready.isEmpty()) {
      helper.updateBalancingState(ConnectivityState.READY, new ReadyPicker(ready));
    } else if (connecting) {
      helper.updateBalancingState(
          ConnectivityState.CONNECTING, new FixedResultPicker(PickResult.withNoResult()));
    } else {
      Status failure =
          instances.values().stream().map(Instance::failure).findFirst().orElse(Status.UNAVAILABLE);
      helper.updateBalancingState(
          ConnectivityState.TRANSIENT_FAILURE,
          new FixedResultPicker(PickResult.withError(failure)));
    }
  }

  private final class ReadyPicker extends SubchannelPicker {

    private final List<Instance> ready;

    ReadyPicker(List<Instance> ready) {
      this.ready = ready;
    }

    @Override
    public PickResult pickSubchannel(PickSubchannelArgs call) {
      Route route = call.getCallOptions().getOption(Route.OPTION);
      Instance instance =
          route == null
              ? ready.get(Math.floorMod(turn.getAndIncrement(), ready.size()))
              : route.next(ready);
      return instance.pick();
    }
  }

  /** Makes the balancers of channels that ask for {@link #POLICY}. */
  static final class Provider extends LoadBalancerProvider {

    private static final int DEFAULT_PRIORITY = 5;

    @Override
    public LoadBalancer newLoadBalancer(Helper helper) {
      return new AffinityBalancer(helper);
    }

    @Override
    public boolean isAvailable() {
      return true;
    }

    @Override
    public int getPriority() {
      return DEFAULT_PRIORITY;
    }

    @Override
    public String getPolicyName() {
      return POLICY;
    }
  }
}
