package io.loadonce.server.tier;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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

  /**
   * What is known since the feed was lost last. The next loss begins another one, so an answer that
   * comes after it changes nothing.
   */
  private static final class Period {
    /** Whether the rows are trusted for as long as the heartbeats arrive. */
    private volatile boolean isTrusted;

    private volatile boolean isConnected;

    /** Up to when this instance knows of every change. */
    private volatile long completeUpToNanos;

    /**
     * Since when this instance knows of every change, as Redis tells the time; empty if not asked.
     */
    private volatile String since = "";

    /** When to ask again; null if no answer is due. */
    private volatile @Nullable Long askAgainNanos;
  }

  private volatile Period period = new Period();

  /**
   * At most how many ms the time of Redis is ahead of the clock of this instance. A moment is sent
   * in the time of Redis: if it were sent as so many ms ago, an instance that is suspended before
   * Redis has it would claim to know of changes that it has missed.
   */
  private volatile long redisAheadMillis;

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
    return isTrusted(period);
  }

  private boolean isTrusted(Period now) {
    return now.isTrusted
        && (!fleet.listensToDatabase()
            || nanoClock.getAsLong() - now.completeUpToNanos <= fleet.silence().toNanos());
  }

  /** This instance knows of every change up to this moment. */
  void connected(long completeUpToNanos) {
    Period now = period;
    now.completeUpToNanos = completeUpToNanos;
    now.isConnected = true;
    ask(now);
  }

  /** From now on changes may be missed. */
  void lost() {
    period = new Period();
  }

  /** Tells a new instance that this one is there; without the change listener of the database. */
  void greet() {
    Period now = period;
    if (isTrusted(now) && !fleet.listensToDatabase()) {
      now.completeUpToNanos = nanoClock.getAsLong();
      ask(now);
    }
  }

  /** To be called every few milliseconds, by one thread. */
  void sweep() {
    Period now = period;
    Long dueNanos = now.askAgainNanos;
    if (dueNanos != null && nanoClock.getAsLong() - dueNanos >= 0) {
      now.askAgainNanos = null;
      ask(now);
    }
  }

  private void ask(Period in) {
    exchange.offer(
        new Command(
            to -> send(to, in),
            reply -> answered(in, (List<?>) reply),
            () -> askLater(in),
            /* bytes= */ 0));
  }

  /** What is owed is not removed yet, so this moment of the instance does not count. */
  private int send(RedisConnection to, Period in) {
    boolean counts = in == period && isTrusted(in) && removals.owed() == 0;
    to.run(
        Script.WATCH,
        List.of(to.epochKey(space) + "#watch", to.epochKey(space)),
        RedisConnection.bytes(fleet.instance()),
        RedisConnection.bytes(Long.toString(millis(in.completeUpToNanos) + redisAheadMillis)),
        RedisConnection.bytes(counts ? "1" : "0"),
        RedisConnection.bytes(in.since),
        RedisConnection.bytes(Long.toString(fleet.alive().toMillis())));
    return 1;
  }

  private void answered(Period in, List<?> reply) {
    redisAheadMillis = Long.parseLong(text(reply.get(1))) - millis(nanoClock.getAsLong()) - 1;
    if (in != period) {
      return;
    }
    switch (text(reply.getFirst())) {
      case "Y" -> trust(in);
      case "N" -> {
        if (!in.isTrusted) {
          removals.forgetEverything(
              sent -> {
                if (sent >= 0) {
                  trust(in);
                } else {
                  askLater(in);
                }
              });
        }
      }
      case "M" -> {
        boolean isFirst = in.since.isEmpty();
        in.since = text(reply.get(2));
        if (isFirst && !fleet.listensToDatabase()) {
          hello();
        }
        askLater(in);
      }
      default -> {}
    }
  }

  private void trust(Period in) {
    if (!in.isTrusted) {
      in.isTrusted = true;
      ask(in);
    }
  }

  /** Lets the other instances show at once that they are there. */
  private void hello() {
    byte[] hello = new Message.Hello(fleet.instance()).encode();
    exchange.offer(Command.publish(fleet.channel(), hello));
  }

  private void askLater(Period in) {
    if (in.isConnected && !in.isTrusted) {
      in.askAgainNanos = nanoClock.getAsLong() + ASK_AGAIN.toNanos();
    }
  }

  private static long millis(long nanos) {
    return Math.floorDiv(nanos, 1_000_000);
  }

  private static String text(Object reply) {
    return new String((byte[]) reply, StandardCharsets.US_ASCII);
  }
}
