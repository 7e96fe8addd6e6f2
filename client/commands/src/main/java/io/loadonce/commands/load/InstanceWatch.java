package io.loadonce.commands.load;

import static java.util.stream.Collectors.toCollection;

import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.ResourceClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices when an instance goes away and when it comes back, by its health service, in a thread of
 * its own until it is closed.
 */
final class InstanceWatch implements AutoCloseable {

  private static final long EVERY_MILLIS = 100;

  /** An instance that does not answer for so long has gone away. */
  private static final Duration DEADLINE = Duration.ofSeconds(1);

  /**
   * @param first the deadline of the first look
   */
  private record Instance(String name, ResourceClient client, Duration first) {

    boolean serves(Duration deadline) {
      try {
        return HealthGrpc.newBlockingStub(client.channel())
                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus()
            == ServingStatus.SERVING;
      } catch (StatusRuntimeException _) {
        return false;
      }
    }
  }

  private final List<Instance> instances;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /* Only the thread of the watch uses them, and after its end the one that has awaited it. */
  private Set<Instance> serving;
  private int changes;
  private @Nullable String firstLost;

  private InstanceWatch(List<Instance> instances) {
    this.instances = instances;
    this.serving = new LinkedHashSet<>(instances);
    this.thread = Thread.ofVirtual().name("instance-watch").start(this::watch);
  }

  /**
   * Begins to watch. Blocks for one call to each instance.
   *
   * @throws IllegalArgumentException with one line, if one does not serve now
   */
  static InstanceWatch start(List<ClientSettings> all) {
    List<Instance> instances = new ArrayList<>();
    for (ClientSettings each : all) {
      instances.add(
          new Instance(
              each.target(), ResourceClient.open(each.withMaxAttempts(1)), each.deadline()));
    }
    for (Instance each : instances) {
      // It opens its connection now, which takes longer than a later look.
      if (!each.serves(each.first())) {
        instances.forEach(instance -> instance.client().close());
        throw new IllegalArgumentException(
            "%s does not serve, so it cannot go away; start it first".formatted(each.name()));
      }
    }
    return new InstanceWatch(List.copyOf(instances));
  }

  /** The first instance that went away; empty if none did. After {@link #end}. */
  Optional<String> firstLost() {
    return Optional.ofNullable(firstLost);
  }

  /** How many times an instance went away or came back. After {@link #end}. */
  int changes() {
    return changes;
  }

  /** Ends the watch with a last look. Blocks for two calls to each instance. */
  void end() throws InterruptedException {
    closed.countDown();
    thread.join();
    look();
  }

  private void look() {
    Set<Instance> now =
        instances.stream()
            .filter(each -> each.serves(DEADLINE))
            .collect(toCollection(LinkedHashSet::new));
    for (Instance each : instances) {
      if (serving.contains(each) != now.contains(each)) {
        changes++;
        if (serving.contains(each) && firstLost == null) {
          firstLost = each.name();
        }
      }
    }
    serving = now;
  }

  private void watch() {
    try {
      while (!closed.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    instances.forEach(each -> each.client().close());
  }
}
