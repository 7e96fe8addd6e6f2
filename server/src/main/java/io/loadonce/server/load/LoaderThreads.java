package io.loadonce.server.load;

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

  static final Executor SHARED = create();

  private final Predicate<Runnable> toIdle;
  private final Executor virtual;
  private final Executor platform;

  /**
   * @param toIdle gives a loader to a thread that has nothing to do, or says that there is none
   * @param virtual runs at once, elsewhere
   * @param platform starts a thread if none has nothing to do
   */
  LoaderThreads(Predicate<Runnable> toIdle, Executor virtual, Executor platform) {
    this.toIdle = toIdle;
    this.virtual = virtual;
    this.platform = platform;
  }

  /** A pool without threads, as yet. */
  static LoaderThreads create() {
    // The pool's threads wait here for work. A queue that stores nothing takes a loader only if one
    // of them leaves with it in the same step; one whose time is over has left without, and then
    // the offer is refused. The pool is never shut down, so it has nothing to refuse by itself.
    SynchronousQueue<Runnable> idle = new SynchronousQueue<>();
    return new LoaderThreads(
        idle::offer,
        task -> Thread.ofVirtual().name("loader").start(task),
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
    if (!offer(loader)) {
      virtual.execute(() -> runOnPlatform(loader));
    }
  }

  /** Gives the loader to a thread that has nothing to do; returns whether there was one. */
  boolean offer(Runnable loader) {
    return toIdle.test(loader);
  }

  private void runOnPlatform(Runnable loader) {
    try {
      platform.execute(loader);
    } catch (OutOfMemoryError _) { // how a JVM says that there are no threads left
      loader.run();
    }
  }
}
