package io.loadonce.server.changes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.db.feed.Change;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.feed.ChangeFeed.Subscription;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.IdHistory.Removal;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.log.RateLimitedLog;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
 * last moment up to which the feed was complete; each call sees that by itself. Before a new
 * subscription counts as connected, the cache is emptied. Non-guarantee: that a change is
 * invalidated at the moment of its commit; a caller that needs this uses Invalidate or {@code
 * min_version}.
 *
 * <p>One listener serves all lookups of the process. If changes of one lookup are not reported,
 * only that lookup counts as lost. No caller waits for it. Safe for use by many threads.
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
  public static final int MISSED_HEARTBEATS = 2;

  private static final Logger log = LoggerFactory.getLogger(ChangeListener.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final ChangeFeed feed;
  private final FeedKind kind;
  private final FeedObserver observer;
  private final Map<String, LoadOnce<Key, ?>> engines;
  private final ChangeApplier applier;
  private final RateLimitedLog limitedLog;
  private final LongSupplier nanoClock;
  private final long heartbeatNanos;

  /** After so long without a heartbeat the connection counts as lost. */
  private final long heartbeatLimitNanos;

  private final Thread thread;

  /** The time until the next subscription; only used by the thread. */
  private Duration pause = FIRST_PAUSE;

  private final ReentrantLock mutex = new ReentrantLock();

  /** Null between subscriptions. */
  @GuardedBy("mutex")
  private @Nullable Subscription current;

  /** The lookups whose changes arrive; {@code FeedState} is set in the same step. */
  @GuardedBy("mutex")
  private final Set<String> connected = new HashSet<>();

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
      FeedKind kind,
      FeedObserver observer,
      Map<String, LoadOnce<Key, ?>> engines,
      Duration heartbeat,
      LongSupplier nanoClock) {
    this.feed = feed;
    this.kind = kind;
    this.observer = observer;
    this.engines = Map.copyOf(engines);
    this.applier = new ChangeApplier(engines, observer, kind.cause(), nanoClock);
    this.limitedLog = new RateLimitedLog(log, nanoClock);
    this.nanoClock = nanoClock;
    this.heartbeatNanos = heartbeat.toNanos();
    this.heartbeatLimitNanos = MISSED_HEARTBEATS * heartbeatNanos;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name(kind == FeedKind.DATABASE ? "listen" : "listen-redis")
            .unstarted(this::run);
  }

  /** Starts to listen to a database of which only the caches depend. */
  public static ChangeListener start(
      ChangeFeed feed,
      Map<String, LoadOnce<Key, ?>> engines,
      Duration heartbeat,
      LongSupplier nanoClock) {
    return start(feed, FeedKind.DATABASE, FeedObserver.NONE, engines, heartbeat, nanoClock);
  }

  /**
   * Starts without waiting for the feed, which counts as lost until it is connected.
   *
   * @param observer is told what the feed tells, before the caches are touched
   * @param engines those of all lookups of the feed, by name
   * @param nanoClock the clock of the engines
   */
  public static ChangeListener start(
      ChangeFeed feed,
      FeedKind kind,
      FeedObserver observer,
      Map<String, LoadOnce<Key, ?>> engines,
      Duration heartbeat,
      LongSupplier nanoClock) {
    ChangeListener listener =
        new ChangeListener(feed, kind, observer, engines, heartbeat, nanoClock);
    long startNanos = nanoClock.getAsLong();
    if (kind.decidesFreshness()) {
      engines.values().forEach(engine -> engine.feedState().lost(startNanos));
    }
    listener.thread.start();
    return listener;
  }

  /**
   * Ends the subscription if the last heartbeat is too old. The listener's own thread cannot do
   * this while it hangs. To be called every few milliseconds, by one thread.
   */
  public void watch() {
    mutex.lock();
    try {
      long silentNanos = nanoClock.getAsLong() - completeUpToNanos;
      if (current != null && silentNanos > heartbeatLimitNanos) {
        isSilent = true;
        markDisconnected();
        current.abort();
      }
    } finally {
      mutex.unlock();
    }
  }

  /**
   * Returns whether the changes of all lookups arrive, so that their cached rows are served as
   * fresh.
   */
  public boolean isConnected() {
    mutex.lock();
    try {
      return connected.size() == engines.size();
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
        warnLost(wasSilent() ? kind.silent() : e.getMessage());
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
        ("%s is not connected: %s; "
                + (kind.decidesFreshness()
                    ? "cached rows are served as STALE and, after --stale-on-disconnect, loaded"
                        + " again; "
                    : "")
                + "next attempt within %d s")
            .formatted(kind.title(), reason, LONGEST_PAUSE.toSeconds()));
  }

  /** Applies changes until the listener is closed. */
  private void follow(Subscription subscription) throws SourceException {
    long number = 0;
    Set<String> unreported = new HashSet<>();
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
      changes.forEach(change -> noteUnreported(change, unreported));
      if (changes.contains(new Change.Heartbeat(number))) {
        markConnectedUpTo(requestedNanos, unreported);
        unreported.clear();
        // The first heartbeat resets no pause: a feed that breaks after it each time is not stable.
        pause = number > 0 ? FIRST_PAUSE : pause;
      }
    }
  }

  private void noteUnreported(Change change, Set<String> unreported) {
    if (change instanceof Change.Unreported(String lookup, String reason)) {
      unreported.add(lookup);
      limitedLog.warn(
          ("the changes of the lookup %s are not reported: %s; its cached rows are served as STALE"
                  + " and, after --stale-on-disconnect, loaded again")
              .formatted(lookup, reason));
    }
  }

  private void markConnectedUpTo(long requestedNanos, Set<String> unreported) {
    Set<String> added = unconnected();
    added.removeAll(unreported);
    if (kind.decidesFreshness()) {
      added.forEach(lookup -> engine(lookup).invalidateAll(Removal.FEED_CONNECTED));
    }
    mutex.lock();
    try {
      for (String lookup : unreported) {
        if (connected.remove(lookup)) {
          markLost(lookup);
        }
      }
      completeUpToNanos = requestedNanos;
      if (!closed && connected.addAll(added)) {
        logConnected(added);
      }
      connected.forEach(this::markConnected);
    } finally {
      mutex.unlock();
    }
  }

  @GuardedBy("mutex")
  private void markConnected(String lookup) {
    if (kind.decidesFreshness()) {
      engine(lookup).feedState().connected(completeUpToNanos, heartbeatLimitNanos);
    }
    observer.connected(lookup, completeUpToNanos);
  }

  @GuardedBy("mutex")
  private void logConnected(Set<String> added) {
    log.info(
        kind.title()
            + " is connected"
            + (kind.decidesFreshness() ? "; the cache was emptied and serves fresh rows again" : "")
            + (connected.size() == engines.size() ? "" : " for " + String.join(", ", added)));
  }

  private Set<String> unconnected() {
    mutex.lock();
    try {
      Set<String> lookups = new HashSet<>(engines.keySet());
      lookups.removeAll(connected);
      return lookups;
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
    for (String lookup : connected) {
      markLost(lookup);
    }
    connected.clear();
  }

  @GuardedBy("mutex")
  private void markLost(String lookup) {
    if (kind.decidesFreshness()) {
      engine(lookup).feedState().lost(completeUpToNanos);
    }
    observer.lost(lookup);
  }

  private LoadOnce<Key, ?> engine(String lookup) {
    return Objects.requireNonNull(engines.get(lookup));
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
