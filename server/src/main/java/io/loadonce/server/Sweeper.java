package io.loadonce.server;

import io.loadonce.server.log.RateLimitedLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/**
 * A thread that runs sweeps one after the other, again and again. A sweep that throws keeps neither
 * the others nor its own next run from being run.
 */
final class Sweeper implements AutoCloseable {

  private final RateLimitedLog log =
      new RateLimitedLog(LoggerFactory.getLogger(Sweeper.class), System::nanoTime);
  private final Thread thread;
  private final List<Runnable> sweeps;
  private final Duration pause;
  private volatile boolean closed;

  private Sweeper(List<Runnable> sweeps, Duration pause) {
    this.sweeps = List.copyOf(sweeps);
    this.pause = pause;
    this.thread = Thread.ofPlatform().daemon().name("sweep").unstarted(this::run);
  }

  static Sweeper start(List<Runnable> sweeps, Duration pause) {
    Sweeper sweeper = new Sweeper(sweeps, pause);
    sweeper.thread.start();
    return sweeper;
  }

  /** Starts no more sweeps; one may still be running. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!closed) {
      sweeps.forEach(this::run);
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  private void run(Runnable sweep) {
    try {
      sweep.run();
    } catch (Throwable t) { // if this thread ended, waiters would never time out again
      log.warn(
          "a task that is repeated failed: %s; the next run is due in %d ms"
              .formatted(t, pause.toMillis()),
          t);
    }
  }
}
