package io.loadonce.server.tier;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the rows of one lookup in Redis can be trusted: since they were put there, some instance
 * has always learned of the changes and removed what has changed. If that is not known, this
 * instance does not read them. If no other instance has watched, it removes them all.
 *
 * <p>Without the change listener of the database, changes are what callers invalidate. An instance
 * that is there takes them, so it trusts the rows from its start on. With the change listener, it
 * trusts them again after each gap. Safe for use by many threads; never blocks.
 */
final class Watch {

  private static final Duration ASK_AGAIN = Duration.ofMillis(20);

  private final Space space;
  private final Fleet fleet;
  private final Removals removals;
  private final Exchange exchange;
  private final LongSupplier nanoClock;

  /** Grows with each loss of the feed, so that an answer from before it counts as nothing. */
  private final AtomicInteger losses = new AtomicInteger();

  /** The number of losses when the rows were last found to be trusted. */
  private volatile int trustedAt = -1;

  private volatile boolean isConnected;

  /** Up to when this instance knows of every change. */
  private volatile long completeUpToNanos;

  /**
   * Since when this instance knows of every change.
   *
   * @param redisTime as Redis tells the time; empty if it was not asked
   * @param losses how many there were then; after another one it counts as nothing
   */
  private record Since(String redisTime, int losses) {}

  private volatile Since since = new Since("", 0);

  /** When to ask again; null if no answer is due. */
  private volatile @Nullable Long askAgainNanos;

  Watch(Space space, Fleet fleet, Removals removals, Exchange exchange, LongSupplier nanoClock) {
    this.space = space;
    this.fleet = fleet;
    this.removals = removals;
    this.exchange = exchange;
    this.nanoClock = nanoClock;
  }

  /**
   * Compares times, as each call does with {@code FeedState}: an instance that was suspended has
   * missed changes before it is told so.
   */
  boolean isTrusted() {
    long upToNanos = completeUpToNanos; // before the losses: it may have been set after one
    return wasTrusted()
        && (!fleet.listensToDatabase()
            || nanoClock.getAsLong() - upToNanos <= fleet.silence().toNanos());
  }

  /** Whether the rows are trusted for as long as the heartbeats arrive. */
  private boolean wasTrusted() {
    return trustedAt == losses.get();
  }

  /** This instance knows of every change up to this moment. */
  void connected(long completeUpToNanos) {
    this.completeUpToNanos = completeUpToNanos;
    isConnected = true;
    ask();
  }

  /** From now on changes may be missed. */
  void lost() {
    losses.getAndIncrement();
    isConnected = false;
    askAgainNanos = null;
  }

  /** Tells a new instance that this one is there; without the change listener of the database. */
  void greet() {
    if (isTrusted() && !fleet.listensToDatabase()) {
      completeUpToNanos = nanoClock.getAsLong();
      ask();
    }
  }

  /** To be called every few milliseconds, by one thread. */
  void sweep() {
    Long dueNanos = askAgainNanos;
    if (dueNanos != null && nanoClock.getAsLong() - dueNanos >= 0) {
      askAgainNanos = null;
      ask();
    }
  }

  private void ask() {
    int before = losses.get();
    exchange.offer(
        new Command(
            this::send,
            reply -> answered(before, (List<?>) reply),
            this::askLater,
            /* bytes= */ 0));
  }

  /** What is owed is not removed yet, so this moment of the instance does not count. */
  private int send(RedisConnection to) {
    long agoMillis = Duration.ofNanos(nanoClock.getAsLong() - completeUpToNanos).toMillis() + 1;
    boolean counts = isTrusted() && removals.owed() == 0;
    to.run(
        Script.WATCH,
        List.of(to.epochKey(space) + "#watch", to.epochKey(space)),
        RedisConnection.bytes(fleet.instance()),
        RedisConnection.bytes(Long.toString(agoMillis)),
        RedisConnection.bytes(counts ? "1" : "0"),
        RedisConnection.bytes(since(losses.get())),
        RedisConnection.bytes(Long.toString(fleet.alive().toMillis())));
    return 1;
  }

  private void answered(int lossesBefore, List<?> reply) {
    if (losses.get() != lossesBefore) {
      return;
    }
    switch (text(reply.getFirst())) {
      case "Y" -> trust(lossesBefore);
      case "N" -> {
        if (!wasTrusted()) {
          removals.forgetEverything(
              sent -> {
                if (sent >= 0) {
                  trust(lossesBefore);
                } else {
                  askLater();
                }
              });
        }
      }
      case "M" -> {
        boolean isFirst = since(lossesBefore).isEmpty();
        since = new Since(text(reply.get(1)), lossesBefore);
        if (isFirst && !fleet.listensToDatabase()) {
          hello();
        }
        askLater();
      }
      default -> {}
    }
  }

  private String since(int lossesNow) {
    Since last = since;
    return last.losses() == lossesNow ? last.redisTime() : "";
  }

  private void trust(int lossesBefore) {
    if (!wasTrusted()) {
      trustedAt = lossesBefore;
      ask();
    }
  }

  /** Lets the other instances show at once that they are there. */
  private void hello() {
    byte[] hello = new Message.Hello(fleet.instance()).encode();
    exchange.offer(Command.publish(fleet.channel(), hello));
  }

  private void askLater() {
    if (isConnected && !wasTrusted()) {
      askAgainNanos = nanoClock.getAsLong() + ASK_AGAIN.toNanos();
    }
  }

  private static String text(Object reply) {
    return new String((byte[]) reply, StandardCharsets.US_ASCII);
  }
}
