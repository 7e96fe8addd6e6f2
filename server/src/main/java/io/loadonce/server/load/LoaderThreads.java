package io.loadonce.server.load;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Platform threads for the loaders of all queues, kept for a while when they have nothing to do.
 * Loaders are alike, and each queue counts its own.
 *
 * <p>Whoever starts a platform thread waits for the system to do it, which an event loop must not;
 * so a virtual thread does. If the system has none to give, that one loads.
 */
final class LoaderThreads implements Executor {
  private static final long KEEP_SECONDS = 10;

  static final Executor SHARED =
      new LoaderThreads(
          new ThreadPoolExecutor(
              /* corePoolSize= */ 0,
              Integer.MAX_VALUE,
              KEEP_SECONDS,
              TimeUnit.SECONDS,
              new SynchronousQueue<>(),
              Thread.ofPlatform()
                  .daemon()
                  .name("loader-", 1)
                  .inheritInheritableThreadLocals(false)
                  .factory()));

  private final Executor platform;

  LoaderThreads(Executor platform) {
    this.platform = platform;
  }

  @Override
  public void execute(Runnable loader) {
    Thread.ofVirtual().name("loader").start(() -> runOnPlatform(loader));
  }

  private void runOnPlatform(Runnable loader) {
    try {
      platform.execute(loader);
    } catch (OutOfMemoryError _) { // how a JVM says that there are no threads left
      loader.run();
    }
  }
}
