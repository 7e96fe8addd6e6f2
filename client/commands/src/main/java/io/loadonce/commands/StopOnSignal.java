package io.loadonce.commands;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Stops something when the process is told to end, by Ctrl-C or SIGTERM, and lets it print what it
 * has. Close it when everything is printed: the process ends then, with the exit code of the
 * signal.
 */
final class StopOnSignal implements AutoCloseable {

  /** A load test stops within 2 s, and the admin port is read in 4 s. */
  private static final long LONGEST_SECONDS = 10;

  private final CountDownLatch printed = new CountDownLatch(1);
  private final Thread hook;

  private StopOnSignal(Runnable stop) {
    hook =
        new Thread(
            () -> {
              stop.run();
              awaitPrinted();
            },
            "stop-on-signal");
  }

  /**
   * Begins to listen.
   *
   * @param stop must not block; what it stops should end soon
   */
  static StopOnSignal calls(Runnable stop) {
    StopOnSignal listener = new StopOnSignal(stop);
    Runtime.getRuntime().addShutdownHook(listener.hook);
    return listener;
  }

  private void awaitPrinted() {
    try {
      if (!printed.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("loadonce: the load test did not stop within 10 s");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    printed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is about to end; the hook was waiting for this moment.
    }
  }
}
