package io.loadonce.server.load;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Platform threads that run the loaders of all databases. An idle thread is kept for a while.
 *
 * <p>An idle thread takes a loader at once. If there is none, a thread must be started. That can
 * block, and an event loop must not block, so a virtual thread starts it. If the operating system
 * cannot start another thread, the virtual thread runs the loader itself.
 */
final class LoaderThreads implements Executor {
  private static final long KEEP_SECONDS = 10;

  static final Executor SHARED = create();

  private final Predicate<Runnable> toIdle;
  private final Executor virtual;
  private final Executor platform;

  /**
   * @param toIdle hands a loader to an idle thread; false if no thread is idle
   * @param virtual runs a task at once, on another thread
   * @param platform runs a loader on an idle thread, or on a new one
   */
  LoaderThreads(Predicate<Runnable> toIdle, Executor virtual, Executor platform) {
    this.toIdle = toIdle;
    this.virtual = virtual;
    this.platform = platform;
  }

  /** Returns a pool that has no threads yet. */
  static LoaderThreads create() {
    // The idle threads of the pool wait at this queue. It stores nothing: an offer succeeds only
    // if an idle thread takes the loader in the same step. A thread that was idle for too long has
    // ended, and an offer does not reach it. The pool is never shut down, so it rejects nothing.
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

  /** Hands the loader to an idle thread; returns whether there was one. */
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
