package io.loadonce.server.load;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loaders of one database: threads that run its queries, at most one for each connection. Each
 * lookup has a {@link Backlog}, and the backlogs take turns, a query each.
 *
 * <p>Guarantee: an id in a backlog is taken by a loader as soon as a connection is free, and its
 * lookup has not used up its share. A lookup without a query under way may use any free connection.
 * A lookup with queries under way may begin another only if it uses fewer than twice the
 * connections that are free, and never takes the last free one: of 8 connections one slow lookup
 * uses 6 at most, a second slow one 1, and the last is free for a third. A single lookup may use
 * all connections. The idea of a share that shrinks with what is free is from Choudhury and Hahne,
 * "Dynamic Queue Length Thresholds", 1998. Non-guarantee: that a lookup gets a connection back
 * which it has lent; a query that runs is not ended for another lookup.
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
   *   either the pending loaders can carry all that waits, or the queued ids have no connection: all
   *   are in use, or its lookup has used up its share,
   *
   * and an id waits for a thread that can run, or for a connection. Where a loader could not start,
   * or ended by an error, the next sweep restores this.
   *
   * A pending loader lets other threads run first. If no other thread is runnable, it continues at
   * once. Otherwise what those threads add leaves with it: the busier the machine, the fewer and
   * larger the queries. This needs threads that the operating system schedules; see decision 12.
   */

  /** A lookup may use so many connections for each one that stays free. */
  private static final int BORROWED_PER_FREE = 2;

  private static final Turn NOTHING = new Turn(/* backlog= */ null, () -> {});

  private static final Logger log = LoggerFactory.getLogger(Loaders.class);

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
   * @param maxPerQuery how many elements one query takes at present, at least 1; called with the
   *     mutex held
   * @param maxQueries how many queries may run at one time; at least 1
   * @param load runs one query, on the loader's thread; may block and should not throw
   */
  <T> Backlog<T> backlog(IntSupplier maxPerQuery, int maxQueries, Consumer<List<T>> load) {
    Backlog<T> backlog = new Backlog<>(maxPerQuery, maxQueries, load);
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
    private final IntSupplier maxPerQuery;
    private final int maxQueries;
    private final Consumer<List<T>> load;

    /** Guarded by the mutex of the loaders. */
    private final Deque<T> waiting = new ArrayDeque<>();

    // Written with the mutex of the loaders held. Readers without it may see them a moment late.

    /** The size of {@link #waiting}. */
    private volatile int queued;

    /** Queries of this lookup under way. */
    private volatile int underWay;

    /** How many more queries the share of this lookup allows. */
    private volatile int free;

    private Backlog(IntSupplier maxPerQuery, int maxQueries, Consumer<List<T>> load) {
      this.maxPerQuery = maxPerQuery;
      this.maxQueries = maxQueries;
      this.load = load;
    }

    /** Adds elements; one query loads as many of them as it may carry. */
    void add(Collection<T> elements) {
      int reserved;
      synchronized (mutex) {
        waiting.addAll(elements);
        queued = waiting.size();
        reserved = reserveMissing();
      }
      start(reserved);
    }

    void removeIf(Predicate<? super T> condition) {
      synchronized (mutex) {
        waiting.removeIf(condition);
        queued = waiting.size();
      }
    }

    /** Takes all queued elements out. */
    List<T> removeAll() {
      synchronized (mutex) {
        List<T> all = List.copyOf(waiting);
        waiting.clear();
        queued = 0;
        return all;
      }
    }

    /** How many elements wait for a connection; a snapshot, which takes no lock. */
    int queued() {
      return queued;
    }

    /** How many queries run; a snapshot, which takes no lock. */
    int underWay() {
      return underWay;
    }

    /** How many more queries may begin now; a snapshot, which takes no lock. */
    int free() {
      return free;
    }

    /**
     * How many queries the queued elements need, as far as the share of this lookup allows. Called
     * with the mutex held.
     *
     * @param connectionsFree how many connections are free
     * @param isAlone whether no other lookup uses the connections
     */
    private int queries(int connectionsFree, boolean isAlone) {
      int running = underWay;
      int allowed = 0;
      while (isWithinShare(running + allowed, connectionsFree - allowed, isAlone)) {
        allowed++;
      }
      if (free != allowed) {
        free = allowed;
      }
      int wanted = waiting.isEmpty() ? 0 : Math.ceilDiv(waiting.size(), maxPerQuery.getAsInt());
      return Math.min(allowed, wanted);
    }

    /** Counts queries that have begun, or ended. Called with the mutex held. */
    private void ran(int more) {
      int before = underWay;
      underWay = before + more;
    }

    private boolean isWithinShare(int used, int free, boolean isAlone) {
      if (free < 1 || used >= maxQueries) {
        return false;
      }
      return used == 0 || isAlone || (free > 1 && used < BORROWED_PER_FREE * free);
    }

    /**
     * Takes the elements of one query; returns the load, to be run without the mutex. Called with
     * the mutex held.
     */
    private Turn take() {
      int count = Math.min(waiting.size(), maxPerQuery.getAsInt());
      // Memory is allocated first: an error leaves the queue as it was.
      List<T> taken = new ArrayList<>(count);
      Turn turn = new Turn(this, () -> load.accept(taken));
      for (int i = 0; i < count; i++) {
        taken.add(waiting.remove());
      }
      queued = waiting.size();
      ran(1);
      return turn;
    }
  }

  /**
   * One query to be run by a loader.
   *
   * @param backlog whose query it is, null if no lookup has one
   */
  private record Turn(@Nullable Backlog<?> backlog, Runnable load) {}

  private void loadUntilNothingWaits() {
    boolean isDone = false;
    Turn turn = NOTHING;
    try {
      do {
        letOthersRun();
        turn = NOTHING;
        turn = take();
        turn.load().run();
      } while (continues(turn));
      isDone = true;
    } finally {
      if (!isDone) {
        endedByError(turn);
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
    int free = connections - busy;
    int queries = 0;
    for (Backlog<?> backlog : backlogs) {
      queries += backlog.queries(free, backlogs.size() == 1);
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

  private Turn take() {
    synchronized (mutex) {
      int free = connections - busy;
      pending--;
      busy++;
      for (int turns = backlogs.size(); turns > 0; turns--) {
        Backlog<?> next = backlogs.remove();
        backlogs.add(next);
        if (next.queries(free, backlogs.size() == 1) > 0) {
          return next.take();
        }
      }
      return NOTHING;
    }
  }

  /**
   * Whether the calling loader takes from a backlog again; otherwise it ends. A connection that
   * becomes free may enlarge the shares of several lookups, so that other loaders start too.
   */
  private boolean continues(Turn ended) {
    int reserved;
    synchronized (mutex) {
      end(ended);
      reserved = reserveMissing();
    }
    try {
      start(reserved - 1);
    } catch (RuntimeException | Error e) {
      log.warn("a loader could not be started; the next sweep starts it", e);
    }
    return reserved > 0;
  }

  @GuardedBy("mutex")
  private void end(Turn turn) {
    busy--;
    if (turn.backlog() != null) {
      turn.backlog().ran(-1);
    }
  }

  private void notStarted(int loaders) {
    synchronized (mutex) {
      pending -= loaders;
    }
  }

  private void endedByError(Turn turn) {
    synchronized (mutex) {
      end(turn);
    }
  }
}
