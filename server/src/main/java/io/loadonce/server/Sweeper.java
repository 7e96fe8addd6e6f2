package io.loadonce.server;

import io.loadonce.server.log.RateLimitedLog;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/** A thread that runs a sweep again and again, also after the sweep has thrown. */
final class Sweeper implements AutoCloseable {

  private final RateLimitedLog log =
      new RateLimitedLog(LoggerFactory.getLogger(Sweeper.class), System::nanoTime);
  private final Thread thread;
  private final Runnable sweep;
  private final Duration pause;
  private volatile boolean closed;

  private Sweeper(Runnable sweep, Duration pause) {
    this.sweep = sweep;
    this.pause = pause;
    this.thread = Thread.ofPlatform().daemon().name("sweep").unstarted(this::run);
  }

  static Sweeper start(Runnable sweep, Duration pause) {
    Sweeper sweeper = new Sweeper(sweep, pause);
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
      try {
        sweep.run();
      } catch (Throwable t) { // if this thread ended, waiters would never time out again
        log.warn(
            "a sweep of waiters and deadlines failed: %s; the next one is due in %d ms"
                .formatted(t, pause.toMillis()),
            t);
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }
}
