package io.loadonce.server.changes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.db.feed.Change;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.feed.ChangeFeed.Subscription;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.LoadOnce;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of changes from the database and forgets what has changed, on a thread of its own.
 *
 * <p>Guarantees. While memory is believed, what was committed is forgotten as soon as the database
 * says so; if it says nothing for two heartbeats, memory is not believed any more, counted from the
 * last moment up to which everything was heard. Before memory is believed again, everything in it
 * is forgotten. Non-guarantee: that a change is known the moment it is committed; that is what a
 * caller's own Invalidate and {@code min_version} are for.
 *
 * <p>No caller ever waits for it. Safe for use by many threads.
 */
public final class ChangeListener implements AutoCloseable {

  /*
   * Why everything is forgotten after the subscription began, and not before.
   *
   *   1  everything is forgotten
   *   2  L  loads version 1
   *   3  W  commits version 2; nobody listens yet
   *   4  the subscription begins: version 1 would be believed
   *
   * Why heard means "up to when the sign was asked for" and not "when it was heard". The sign comes
   * behind all that was committed before it was asked for; what was committed while it was on its
   * way may still be on its own.
   */

  /** So many heartbeats without a sign, and memory is not believed. */
  static final int MISSED_HEARTBEATS = 2;

  private static final Logger log = LoggerFactory.getLogger(ChangeListener.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final ChangeFeed feed;
  private final LoadOnce<Key, ?> loadOnce;
  private final ChangeApplier applier;
  private final RateLimitedLog lines;
  private final LongSupplier nanoClock;
  private final long heartbeatNanos;
  private final Thread thread;

  /** Between two subscriptions; only touched by the thread. */
  private Duration pause = FIRST_PAUSE;

  private final ReentrantLock mutex = new ReentrantLock();

  /** Null between subscriptions. */
  @GuardedBy("mutex")
  private @Nullable Subscription current;

  /** Whether memory is believed; {@code hearing} is told in the same step. */
  @GuardedBy("mutex")
  private boolean listening;

  /** Up to when everything was heard; while not listening, since when a sign is awaited. */
  @GuardedBy("mutex")
  private long completeUpToNanos;

  @GuardedBy("mutex")
  private boolean closed;

  private ChangeListener(
      ChangeFeed feed, LoadOnce<Key, ?> loadOnce, Duration heartbeat, LongSupplier nanoClock) {
    this.feed = feed;
    this.loadOnce = loadOnce;
    this.applier = new ChangeApplier(loadOnce, nanoClock);
    this.lines = new RateLimitedLog(nanoClock);
    this.nanoClock = nanoClock;
    this.heartbeatNanos = heartbeat.toNanos();
    this.thread = Thread.ofPlatform().daemon().name("listen").unstarted(this::run);
  }

  /**
   * Begins, and does not wait for the database: until it listens, memory is not believed.
   *
   * @param nanoClock the clock of {@code loadOnce}
   */
  public static ChangeListener start(
      ChangeFeed feed, LoadOnce<Key, ?> loadOnce, Duration heartbeat, LongSupplier nanoClock) {
    ChangeListener listener = new ChangeListener(feed, loadOnce, heartbeat, nanoClock);
    loadOnce.feedState().lost(nanoClock.getAsLong());
    listener.thread.start();
    return listener;
  }

  /**
   * Looks whether the last sign is too old, which nobody else would notice if the listening thread
   * itself hangs. To be called every few milliseconds, by one thread.
   */
  public void watch() {
    mutex.lock();
    try {
      long silentNanos = nanoClock.getAsLong() - completeUpToNanos;
      if (current != null && silentNanos > MISSED_HEARTBEATS * heartbeatNanos) {
        markDisconnected();
        current.abort();
      }
    } finally {
      mutex.unlock();
    }
  }

  /** Whether changes are heard, and memory is believed. */
  public boolean isConnected() {
    mutex.lock();
    try {
      return listening;
    } finally {
      mutex.unlock();
    }
  }

  /** How many notifications of a kind have come since the start. */
  public long notifications(ChangeKind kind) {
    return applier.count(kind);
  }

  /** Changes are not heard from now on, and memory is not believed. */
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
        lines.warn("changes in the database are not heard: " + e.getMessage());
      } catch (Throwable t) { // a listener that ends for ever would leave memory deaf for ever
        lines.warn("changes in the database are not heard: " + t);
      }
      leave();
      if (!isClosed()) {
        LockSupport.parkNanos(pause.toNanos());
      }
      pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
    }
  }

  /** Returns when it is closed. */
  private void follow(Subscription subscription) throws SourceException {
    long number = 0;
    long askedNanos = nanoClock.getAsLong();
    subscription.requestHeartbeat(number);
    while (!isClosed()) {
      long untilNextNanos = askedNanos + heartbeatNanos - nanoClock.getAsLong();
      if (untilNextNanos <= 0) {
        askedNanos = nanoClock.getAsLong();
        subscription.requestHeartbeat(++number);
        untilNextNanos = heartbeatNanos;
      }
      List<Change> changes = subscription.poll(applier.pollTimeout(untilNextNanos));
      applier.accept(changes);
      if (changes.contains(new Change.Heartbeat(number))) {
        markConnectedUpTo(askedNanos);
        // Not after the first sign: a connection that breaks after it each time must not be busy.
        pause = number > 0 ? FIRST_PAUSE : pause;
      }
    }
  }

  private void markConnectedUpTo(long askedNanos) {
    boolean isFirst = !isConnected();
    if (isFirst) {
      loadOnce.invalidateAll();
    }
    mutex.lock();
    try {
      completeUpToNanos = askedNanos;
      if (isFirst && !closed) {
        listening = true;
        loadOnce.feedState().connected();
        log.info("changes in the database are heard");
      }
    } finally {
      mutex.unlock();
    }
  }

  private void enter(Subscription subscription) {
    mutex.lock();
    try {
      current = subscription;
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
    if (listening) {
      listening = false;
      loadOnce.feedState().lost(completeUpToNanos);
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
