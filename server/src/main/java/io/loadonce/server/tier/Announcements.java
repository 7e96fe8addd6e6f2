package io.loadonce.server.tier;

import io.loadonce.server.changes.Instances.Reach;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** Beyond what the settings say, for the sweeps of an instance. */
  private static final Duration MARGIN = Duration.ofMillis(100);

  /** One invalidation that was or will be sent. */
  private static final class Pending {
    private final CompletableFuture<Reach> reached = new CompletableFuture<>();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private final AtomicInteger obeyed = new AtomicInteger();

    /** Whether all instances are known, so that nothing is to wait for when all have answered. */
    private final boolean knowsAll;

    /** When the last one that is silent serves nothing old; null before it was sent. */
    private volatile @Nullable Long endNanos;

    Pending(boolean knowsAll) {
      this.knowsAll = knowsAll;
    }

    void endIfDone(long nowNanos) {
      Long end = endNanos;
      if (end != null && ((knowsAll && silent.isEmpty()) || nowNanos - end >= 0)) {
        reached.complete(new Reach(1 + obeyed.get(), silent.size(), /* isSent= */ true));
      }
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
    Long since = listeningSinceNanos;
    boolean knowsAll = since != null && nanoClock.getAsLong() - since > recentNanos();
    Pending made = new Pending(knowsAll);
    others();
    made.silent.addAll(heartbeats.keySet());
    pending.put(number, made);
  }

  /** The invalidation was sent; returns what will be known at the end. */
  CompletableFuture<Reach> sent(long number) {
    Pending sent = pending.get(number);
    if (sent == null) {
      return CompletableFuture.completedFuture(new Reach(1, 0, /* isSent= */ true));
    }
    long nowNanos = nanoClock.getAsLong();
    sent.endNanos = nowNanos + bound.toNanos();
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
      by.obeyed.getAndIncrement();
      by.silent.remove(instance);
      by.endIfDone(nanoClock.getAsLong());
    }
  }

  /** Ends what has waited long enough. To be called every few milliseconds, by one thread. */
  void sweep() {
    if (pending.isEmpty()) {
      return;
    }
    long nowNanos = nanoClock.getAsLong();
    pending.forEach(
        (number, each) -> {
          each.endIfDone(nowNanos);
          if (each.reached.isDone()) {
            pending.remove(number);
          }
        });
  }

  private long recentNanos() {
    return bound.plus(heartbeat).toNanos();
  }
}
