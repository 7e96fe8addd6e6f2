package io.loadonce.server;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that does one thing again and again, whatever that throws, until it is closed. */
final class Sweeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
  private static final long BETWEEN_LINES_NANOS = Duration.ofSeconds(1).toNanos();

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

  /** It runs no more, or is in its last run. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    long nextLineNanos = System.nanoTime();
    while (!closed) {
      try {
        sweep.run();
      } catch (Throwable t) { // a sweep that ends for ever would leave waiters behind for ever
        if (System.nanoTime() - nextLineNanos >= 0) {
          nextLineNanos = System.nanoTime() + BETWEEN_LINES_NANOS;
          log.error("a sweep failed", t);
        }
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }
}
