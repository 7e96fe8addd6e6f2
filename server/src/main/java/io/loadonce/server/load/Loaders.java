package io.loadonce.server.load;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The loaders of one database: threads that run its queries, at most one for each connection. Each
 * lookup has a {@link Backlog}, and the backlogs take turns, a query each.
 *
 * <p>Guarantee: an id in a backlog is taken by a loader as soon as a connection is free.
 * Non-guarantee: that the lookups get equal time; one whose queries are slow uses its connections
 * for longer.
 *
 * <p>No method blocks but for the mutex, which is held for a few queue operations. Safe for use by
 * many threads.
 */
public final class Loaders {

  /*
   * How few loaders are enough.
   *
   * A loader is pending from the moment it is reserved until it takes from a backlog. What is added
   * meanwhile leaves with it, so that no other loader is needed for that. A loader that has finished
   * a query becomes pending again only if those that are pending cannot carry all that waits. So,
   * whenever the mutex is free,
   *
   *   either the pending loaders can carry all that waits, or every connection is in use,
   *
   * and an id waits for a thread that can run, or for a connection. Where a loader could not start,
   * or ended by an error, the next sweep restores this.
   *
   * A pending loader lets other threads run first. If no other thread is runnable, it continues at
   * once. Otherwise what those threads add leaves with it: the busier the machine, the fewer and
   * larger the queries. This needs threads that the operating system schedules; see decision 12.
   */

  private final int connections;
  private final Executor threads;
  private final Object mutex = new Object();

  /** In the order of their turns. */
  @GuardedBy("mutex")
  private final Deque<Backlog<?>> backlogs = new ArrayDeque<>();

  /** Loaders that have not taken ids yet. With the busy ones, at most one for each connection. */
  @GuardedBy("mutex")
  private int pending;

  /** Loaders that have taken ids and run their query. */
  @GuardedBy("mutex")
  private int busy;

  /**
   * @param connections how many queries may run at one time; at least 1
   * @param threads runs a loader until the backlogs are empty; never on the calling thread
   */
  Loaders(int connections, Executor threads) {
    this.connections = connections;
    this.threads = threads;
  }

  /** Loaders on threads that all databases of this process share. */
  public static Loaders of(int connections) {
    return new Loaders(connections, LoaderThreads.SHARED);
  }

  /**
   * A new backlog, for as long as these loaders exist.
   *
   * @param maxPerQuery how many elements one query takes; at least 1
   * @param load runs one query, on the loader's thread; may block and should not throw
   */
  <T> Backlog<T> backlog(int maxPerQuery, Consumer<List<T>> load) {
    Backlog<T> backlog = new Backlog<>(maxPerQuery, load);
    synchronized (mutex) {
      backlogs.add(backlog);
    }
    return backlog;
  }

  /** Starts the loaders that are missing because one could not start or ended by an error. */
  void startMissing() {
    int reserved;
    synchronized (mutex) {
      reserved = reserveMissing();
    }
    start(reserved);
  }

  /** How many loaders are pending or busy; a snapshot. Zero when idle. */
  public int inUse() {
    synchronized (mutex) {
      return pending + busy;
    }
  }

  /** The queue of one lookup, in order of arrival. Safe for use by many threads. */
  final class Backlog<T> {
    private final int maxPerQuery;
    private final Consumer<List<T>> load;

    /** Guarded by the mutex of the loaders. */
    private final Deque<T> waiting = new ArrayDeque<>();

    private Backlog(int maxPerQuery, Consumer<List<T>> load) {
      this.maxPerQuery = maxPerQuery;
      this.load = load;
    }

    /** Adds elements; one query loads as many of them as it may carry. */
    void add(Collection<T> elements) {
      int reserved;
      synchronized (mutex) {
        waiting.addAll(elements);
        reserved = reserveMissing();
      }
      start(reserved);
    }

    void removeIf(Predicate<? super T> condition) {
      synchronized (mutex) {
        waiting.removeIf(condition);
      }
    }

    int size() {
      synchronized (mutex) {
        return waiting.size();
      }
    }

    /** How many queries the queued elements need. Called with the mutex held. */
    private int queries() {
      return Math.ceilDiv(waiting.size(), maxPerQuery);
    }

    /**
     * Takes the elements of one query; returns the load, to be run without the mutex. Called with
     * the mutex held.
     */
    private Runnable take() {
      List<T> taken = new ArrayList<>();
      while (!waiting.isEmpty() && taken.size() < maxPerQuery) {
        taken.add(waiting.remove());
      }
      return () -> load.accept(taken);
    }
  }

  private void loadUntilNothingWaits() {
    boolean isDone = false;
    try {
      do {
        letOthersRun();
        take().run();
      } while (continues());
      isDone = true;
    } finally {
      if (!isDone) {
        endedByError();
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // a hint only; correctness does not depend on it
  private static void letOthersRun() {
    Thread.yield();
  }

  /** How many more loaders the queued elements need; negative if too many are pending. */
  @GuardedBy("mutex")
  private int missing() {
    int queries = 0;
    for (Backlog<?> backlog : backlogs) {
      queries += backlog.queries();
    }
    return queries - pending;
  }

  /** Reserves the missing loaders and returns how many the caller must start. */
  @GuardedBy("mutex")
  private int reserveMissing() {
    int reserved = Math.clamp(missing(), 0, connections - pending - busy);
    pending += reserved;
    return reserved;
  }

  private void start(int reserved) {
    int started = 0;
    try {
      for (; started < reserved; started++) {
        threads.execute(this::loadUntilNothingWaits);
      }
    } finally {
      if (started < reserved) {
        notStarted(reserved - started);
      }
    }
  }

  private Runnable take() {
    synchronized (mutex) {
      pending--;
      busy++;
      for (int turns = backlogs.size(); turns > 0; turns--) {
        Backlog<?> next = backlogs.remove();
        backlogs.add(next);
        if (next.queries() > 0) {
          return next.take();
        }
      }
      return () -> {};
    }
  }

  /** Whether the calling loader takes from a backlog again; otherwise it ends. */
  private boolean continues() {
    synchronized (mutex) {
      busy--;
      if (missing() > 0) {
        pending++;
        return true;
      }
      return false;
    }
  }

  private void notStarted(int loaders) {
    synchronized (mutex) {
      pending -= loaders;
    }
  }

  private void endedByError() {
    synchronized (mutex) {
      busy--;
    }
  }
}
