package io.loadonce.server.history;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Ends and suspends instances, one at a time, until this is closed. */
final class InstanceFaults implements AutoCloseable {

  private static final Duration DOWN = Duration.ofMillis(100);
  private static final Duration BETWEEN = Duration.ofMillis(500);

  /**
   * So long that invalidations which wait for the suspended instance return, and rows are read from
   * it after that and before it resumes.
   */
  private static final Duration SUSPENDED = FleetSubject.SENT_BOUND.multipliedBy(2);

  private final List<InstanceProcess> instances;
  private final SplittableRandom random;
  private final FaultLoop loop = new FaultLoop();

  private InstanceFaults(List<InstanceProcess> instances, long seed) {
    this.instances = List.copyOf(instances);
    this.random = new SplittableRandom(seed);
    loop.start(this::round);
  }

  static InstanceFaults start(List<InstanceProcess> instances, long seed) {
    return new InstanceFaults(instances, seed);
  }

  /** How many times an instance was suspended, one ended by SIGTERM and one by SIGKILL. */
  int rounds() {
    return loop.rounds();
  }

  /** Ends the faults; all instances run again when this returns. */
  @Override
  public void close() {
    loop.close();
  }

  private boolean round() throws IOException, InterruptedException {
    if (loop.waitFor(BETWEEN)) {
      return false;
    }
    InstanceProcess suspended = any();
    suspended.suspend();
    loop.waitFor(SUSPENDED);
    suspended.resume();
    loop.waitFor(BETWEEN);
    InstanceProcess stopped = any();
    stopped.stop();
    loop.waitFor(DOWN);
    stopped.begin();
    loop.waitFor(BETWEEN);
    InstanceProcess killed = any();
    killed.kill();
    loop.waitFor(DOWN);
    killed.begin();
    return true;
  }

  private InstanceProcess any() {
    return instances.get(random.nextInt(instances.size()));
  }
}
