package io.loadonce.server.changes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.db.feed.Change;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.feed.ChangeFeed.Subscription;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.log.RateLimitedLog;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to the database's change feed and invalidates the rows that changed, on a thread of its
 * own.
 *
 * <p>Guarantees. While it is connected, a committed change is invalidated as soon as the database
 * reports it. If no heartbeat arrives for two intervals, the connection counts as lost since the
 * last moment up to which the feed was complete. Before it counts as connected again, the cache is
 * emptied. Non-guarantee: that a change is invalidated at the moment of its commit; a caller that
 * needs this uses Invalidate or {@code min_version}.
 *
 * <p>One listener serves all lookups of the process. No caller waits for it. Safe for use by many
 * threads.
 */
public final class ChangeListener implements AutoCloseable {

  /*
   * Why the cache is emptied after the subscription began, and not before.
   *
   *   1  the cache is emptied
   *   2  L  loads version 1
   *   3  W  commits version 2; there is no subscription yet
   *   4  the subscription begins: version 1 would be served as fresh
   *
   * Why the feed is complete up to the moment at which a heartbeat was requested, and not up to the
   * moment at which it arrived. A heartbeat arrives after every change that was committed before the
   * request; a change that was committed after the request may arrive after the heartbeat.
   */

  /** After so many intervals without a heartbeat the connection counts as lost. */
  static final int MISSED_HEARTBEATS = 2;

  private static final Logger log = LoggerFactory.getLogger(ChangeListener.class);
  private static final String SILENT =
      "no heartbeat has arrived for two intervals. If this repeats, a pooler that shares sessions"
          + " among clients drops the notifications, such as PgBouncer in transaction mode: let"
          + " db-url name the database itself";

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final ChangeFeed feed;
  private final Collection<LoadOnce<Key, ?>> engines;
  private final ChangeApplier applier;
  private final RateLimitedLog limitedLog;
  private final LongSupplier nanoClock;
  private final long heartbeatNanos;
  private final Thread thread;

  /** The time until the next subscription; only used by the thread. */
  private Duration pause = FIRST_PAUSE;

  private final ReentrantLock mutex = new ReentrantLock();

  /** Null between subscriptions. */
  @GuardedBy("mutex")
  private @Nullable Subscription current;

  /** Whether the feed is connected; {@code FeedState} is set in the same step. */
  @GuardedBy("mutex")
  private boolean connected;

  /** Up to when the feed is complete; between subscriptions, the beginning of the last one. */
  @GuardedBy("mutex")
  private long completeUpToNanos;

  /** Whether the last subscription was ended because its heartbeats did not arrive. */
  @GuardedBy("mutex")
  private boolean isSilent;

  @GuardedBy("mutex")
  private boolean closed;

  private ChangeListener(
      ChangeFeed feed,
      Map<String, LoadOnce<Key, ?>> engines,
      Duration heartbeat,
      LongSupplier nanoClock) {
    this.feed = feed;
    this.engines = List.copyOf(engines.values());
    this.applier = new ChangeApplier(engines, nanoClock);
    this.limitedLog = new RateLimitedLog(log, nanoClock);
    this.nanoClock = nanoClock;
    this.heartbeatNanos = heartbeat.toNanos();
    this.thread = Thread.ofPlatform().daemon().name("listen").unstarted(this::run);
  }

  /**
   * Starts without waiting for the database; the feed counts as lost until it is connected.
   *
   * @param engines those of all lookups of the feed, by name
   * @param nanoClock the clock of the engines
   */
  public static ChangeListener start(
      ChangeFeed feed,
      Map<String, LoadOnce<Key, ?>> engines,
      Duration heartbeat,
      LongSupplier nanoClock) {
    ChangeListener listener = new ChangeListener(feed, engines, heartbeat, nanoClock);
    listener.markLostSince(nanoClock.getAsLong());
    listener.thread.start();
    return listener;
  }

  /**
   * Marks the connection as lost if the last heartbeat is too old. The listener's own thread cannot
   * do this while it hangs. To be called every few milliseconds, by one thread.
   */
  public void watch() {
    mutex.lock();
    try {
      long silentNanos = nanoClock.getAsLong() - completeUpToNanos;
      if (current != null && silentNanos > MISSED_HEARTBEATS * heartbeatNanos) {
        isSilent = true;
        markDisconnected();
        current.abort();
      }
    } finally {
      mutex.unlock();
    }
  }

  /** Returns whether the change feed is connected, so that cached rows are served as fresh. */
  public boolean isConnected() {
    mutex.lock();
    try {
      return connected;
    } finally {
      mutex.unlock();
    }
  }

  /** Returns how many notifications of a kind were applied since the start. */
  public long notifications(ChangeKind kind) {
    return applier.count(kind);
  }

  /** Ends the subscription; from now on the feed counts as lost. */
  @Override
  public void close() {
    mutex.lock();
    try {
      closed = true;
      markDisconnected();
      if (current != null) {
        current.abort();
      }
    } finally {
      mutex.unlock();
    }
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!isClosed()) {
      try (Subscription subscription = feed.subscribe()) {
        enter(subscription);
        follow(subscription);
      } catch (SourceException e) {
        warnLost(wasSilent() ? SILENT : e.getMessage());
      } catch (Throwable t) { // if this thread ended, the feed would stay lost for ever
        warnLost(t.toString());
      }
      leave();
      if (!isClosed()) {
        LockSupport.parkNanos(pause.toNanos());
      }
      pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
    }
  }

  private void warnLost(@Nullable String reason) {
    if (isClosed()) {
      return;
    }
    limitedLog.warn(
        ("the change feed is not connected: %s; cached rows are served as STALE and, after"
                + " --stale-on-disconnect, loaded again; next attempt within %d s")
            .formatted(reason, LONGEST_PAUSE.toSeconds()));
  }

  /** Applies changes until the listener is closed. */
  private void follow(Subscription subscription) throws SourceException {
    long number = 0;
    long requestedNanos = nanoClock.getAsLong();
    subscription.requestHeartbeat(number);
    while (!isClosed()) {
      long untilNextNanos = requestedNanos + heartbeatNanos - nanoClock.getAsLong();
      if (untilNextNanos <= 0) {
        requestedNanos = nanoClock.getAsLong();
        subscription.requestHeartbeat(++number);
        untilNextNanos = heartbeatNanos;
      }
      List<Change> changes = subscription.poll(applier.pollTimeout(untilNextNanos));
      applier.accept(changes);
      if (changes.contains(new Change.Heartbeat(number))) {
        markConnectedUpTo(requestedNanos);
        // The first heartbeat resets no pause: a feed that breaks after it each time is not stable.
        pause = number > 0 ? FIRST_PAUSE : pause;
      }
    }
  }

  private void markConnectedUpTo(long requestedNanos) {
    boolean isFirst = !isConnected();
    if (isFirst) {
      engines.forEach(LoadOnce::invalidateAll);
    }
    mutex.lock();
    try {
      completeUpToNanos = requestedNanos;
      if (isFirst && !closed) {
        connected = true;
        engines.forEach(engine -> engine.feedState().connected());
        log.info("the change feed is connected; the cache was emptied and serves fresh rows again");
      }
    } finally {
      mutex.unlock();
    }
  }

  private void enter(Subscription subscription) {
    mutex.lock();
    try {
      current = subscription;
      isSilent = false;
      completeUpToNanos = nanoClock.getAsLong();
    } finally {
      mutex.unlock();
    }
  }

  private void leave() {
    mutex.lock();
    try {
      current = null;
      markDisconnected();
    } finally {
      mutex.unlock();
    }
  }

  @GuardedBy("mutex")
  private void markDisconnected() {
    if (connected) {
      connected = false;
      markLostSince(completeUpToNanos);
    }
  }

  private void markLostSince(long nanos) {
    engines.forEach(engine -> engine.feedState().lost(nanos));
  }

  private boolean wasSilent() {
    mutex.lock();
    try {
      return isSilent;
    } finally {
      mutex.unlock();
    }
  }

  private boolean isClosed() {
    mutex.lock();
    try {
      return closed;
    } finally {
      mutex.unlock();
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
