package io.loadonce.server.load;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Platform threads for the loaders of all queues, kept for a while when they have nothing to do.
 * Loaders are alike, and each queue counts its own.
 *
 * <p>A thread that has nothing to do takes a loader at once. Otherwise one must be started, and
 * whoever does that waits for the system, which an event loop must not; so a virtual thread does.
 * If the system has none to give, that one loads.
 */
final class LoaderThreads implements Executor {
  private static final long KEEP_SECONDS = 10;

  static final Executor SHARED = shared();

  private final Predicate<Runnable> toIdle;
  private final Executor platform;

  /**
   * @param toIdle gives a loader to a thread that has nothing to do, or says that there is none
   * @param platform starts a thread if none has nothing to do
   */
  LoaderThreads(Predicate<Runnable> toIdle, Executor platform) {
    this.toIdle = toIdle;
    this.platform = platform;
  }

  private static Executor shared() {
    BlockingQueue<Runnable> idle = new SynchronousQueue<>();
    return new LoaderThreads(
        idle::offer,
        new ThreadPoolExecutor(
            /* corePoolSize= */ 0,
            Integer.MAX_VALUE,
            KEEP_SECONDS,
            TimeUnit.SECONDS,
            idle,
            Thread.ofPlatform()
                .daemon()
                .name("loader-", 1)
                .inheritInheritableThreadLocals(false)
                .factory()));
  }

  @Override
  public void execute(Runnable loader) {
    if (!toIdle.test(loader)) {
      Thread.ofVirtual().name("loader").start(() -> runOnPlatform(loader));
    }
  }

  private void runOnPlatform(Runnable loader) {
    try {
      platform.execute(loader);
    } catch (OutOfMemoryError _) { // how a JVM says that there are no threads left
      loader.run();
    }
  }
}
