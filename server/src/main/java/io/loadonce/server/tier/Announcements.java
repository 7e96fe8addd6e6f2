package io.loadonce.server.tier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.server.changes.Instances.Reach;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The invalidations of this instance that are not yet confirmed by the other instances.
 *
 * <p>An instance that does not answer is waited out. Its heartbeats come over the same channel as
 * the invalidation, in order: so it either obeys, or knows of no change after the invalidation was
 * sent, and stops to serve what it has cached. Never blocks; safe for use by many threads.
 */
final class Announcements {

  /*
   * Why the other instances are counted again when the own message has come back. What is known when
   * it is sent is not enough to return at once. A sends the invalidation.
   *
   *   1  A  is suspended for longer than an instance without a heartbeat counts as one that is there
   *   2  A  goes on, and is asked to invalidate a row before it reads the heartbeats that wait in
   *         its connection: no other instance seems to be there
   *   3  A  sends the message, and would return although B has not read it yet
   *
   * All heartbeats that were sent before the message arrive before it. An instance whose first
   * heartbeat is sent after it empties its cache after it, and serves nothing as fresh before.
   */

  /** Beyond what the settings say, for the sweeps of an instance. */
  private static final Duration MARGIN = Duration.ofMillis(100);

  /** One invalidation that was or will be sent. */
  private static final class Pending {
    private final CompletableFuture<Reach> reached = new CompletableFuture<>();

    @GuardedBy("this")
    private final Set<String> silent;

    @GuardedBy("this")
    private final Set<String> obeyed = new HashSet<>();

    /** Whether all instances are known, so that nothing is to wait for when all have answered. */
    @GuardedBy("this")
    private boolean knowsAll;

    /** When the last one that is silent serves nothing old; null before it was sent. */
    @GuardedBy("this")
    private @Nullable Long endNanos;

    /**
     * @param others the instances that seem to be there
     */
    Pending(Set<String> others) {
      this.silent = new HashSet<>(others);
    }

    synchronized void sent(long endNanos) {
      this.endNanos = endNanos;
    }

    synchronized void cameBack(Set<String> others, boolean areAll) {
      silent.addAll(others);
      silent.removeAll(obeyed);
      knowsAll = areAll;
    }

    synchronized void obeyed(String instance) {
      obeyed.add(instance);
      silent.remove(instance);
    }

    void endIfDone(long nowNanos) {
      Reach reach = reach(nowNanos);
      if (reach != null) {
        reached.complete(reach);
      }
    }

    private synchronized @Nullable Reach reach(long nowNanos) {
      if (endNanos == null || (nowNanos - endNanos < 0 && !(knowsAll && silent.isEmpty()))) {
        return null;
      }
      return new Reach(1 + obeyed.size(), silent.size(), /* isSent= */ true);
    }
  }

  private final Duration bound;
  private final Duration heartbeat;
  private final LongSupplier nanoClock;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();

  /** When the last heartbeat of each other instance arrived. */
  private final Map<String, Long> heartbeats = new ConcurrentHashMap<>();

  /** Since when the messages of the others arrive without a gap; null while they do not. */
  private volatile @Nullable Long listeningSinceNanos;

  /**
   * @param bound after which time without a heartbeat an instance serves nothing that it has cached
   */
  Announcements(Duration bound, Duration heartbeat, LongSupplier nanoClock) {
    this.bound = bound.plus(MARGIN);
    this.heartbeat = heartbeat;
    this.nanoClock = nanoClock;
  }

  void listening() {
    listeningSinceNanos = nanoClock.getAsLong();
  }

  void notListening() {
    listeningSinceNanos = null;
  }

  boolean isListening() {
    return listeningSinceNanos != null;
  }

  /** Another instance is there. */
  void heartbeat(String instance) {
    heartbeats.put(instance, nanoClock.getAsLong());
  }

  /** From how many other instances a heartbeat arrived in the last seconds. */
  int others() {
    long nowNanos = nanoClock.getAsLong();
    heartbeats.values().removeIf(lastNanos -> nowNanos - lastNanos > recentNanos());
    return heartbeats.size();
  }

  /** Returns the number of an invalidation for which nobody waits. */
  long next() {
    return numbers.incrementAndGet();
  }

  /** From now on the answers to this invalidation are counted. */
  void expect(long number) {
    others();
    pending.put(number, new Pending(heartbeats.keySet()));
  }

  /**
   * The message of this instance has come back: each heartbeat that was sent before it is known.
   */
  void cameBack(long number) {
    Pending by = pending.get(number);
    Long since = listeningSinceNanos;
    if (by != null && since != null) {
      long nowNanos = nanoClock.getAsLong();
      others();
      by.cameBack(heartbeats.keySet(), nowNanos - since > recentNanos());
      by.endIfDone(nowNanos);
    }
  }

  /** The invalidation was sent; returns what will be known at the end. */
  CompletableFuture<Reach> sent(long number) {
    Pending sent = Objects.requireNonNull(pending.get(number));
    long nowNanos = nanoClock.getAsLong();
    sent.sent(nowNanos + bound.toNanos());
    sent.endIfDone(nowNanos);
    return sent.reached;
  }

  void notSent(long number) {
    pending.remove(number);
  }

  /** Another instance has obeyed an invalidation of this one. */
  void obeyed(String instance, long number) {
    Pending by = pending.get(number);
    if (by != null) {
      by.obeyed(instance);
      by.endIfDone(nanoClock.getAsLong());
    }
  }

  /** Ends what has waited long enough. To be called every few milliseconds, by one thread. */
  void sweep() {
    if (pending.isEmpty()) {
      return;
    }
    long nowNanos = nanoClock.getAsLong();
    pending.values().forEach(each -> each.endIfDone(nowNanos));
    pending.values().removeIf(each -> each.reached.isDone());
  }

  private long recentNanos() {
    return bound.plus(heartbeat).toNanos();
  }
}
