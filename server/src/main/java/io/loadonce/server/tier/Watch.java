package io.loadonce.server.tier;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the rows of one lookup in Redis can be trusted: since they were put there, some instance
 * has always learned of the changes and removed what has changed. If that is not known, this
 * instance does not read them. If no other instance has watched, it removes them all.
 *
 * <p>Without the change listener of the database, changes are what callers invalidate. The instance
 * that is called removes these rows from Redis, also if this instance misses the message. So an
 * instance that trusts the rows once trusts them until it ends. With the change listener, it must
 * find out anew after each gap. Safe for use by many threads; never blocks.
 *
 * <p>An instance must not claim more than it knows, also if it is suspended anywhere. So it claims
 * in three steps:
 *
 * <ol>
 *   <li>Redis answers, and the answer has its time. It arrives.
 *   <li>The feed shows that this instance knows of every change up to a moment. If the moment is
 *       later than that arrival, the instance knows of every change up to the time in the answer.
 *   <li>It sends that time, whenever that may be. No clock is compared with the clock of Redis.
 * </ol>
 *
 * <p>Without the change listener of the database, a new instance need not wait for the next
 * heartbeat of another one: changes and its Hello come over one channel in order, and the Hello has
 * a time of Redis from before it was sent. So an instance that has taken all messages before the
 * Hello knows of every change up to that time.
 *
 * <p>Instances with the change listener and instances without it claim different things: changes of
 * the database, or what callers invalidate. So neither trusts the other.
 */
final class Watch {

  private static final Duration ASK_AGAIN = Duration.ofMillis(20);

  private final Space space;
  private final Fleet fleet;
  private final Removals removals;
  private final IntSupplier owed;
  private final Exchange exchange;
  private final LongSupplier nanoClock;

  /**
   * A time that one process of Redis has told.
   *
   * @param epochKey of that process; another one has another key
   * @param millis empty if there is none yet
   */
  private record Moment(String epochKey, String millis) {
    private static final Moment NONE = new Moment("", "");

    private boolean isOfProcessOf(String key) {
      return epochKey.equals(key);
    }

    private String ofProcessOf(String key) {
      return isOfProcessOf(key) ? millis : "";
    }
  }

  /** The last answer: the time in it, and when it had arrived by the clock of this instance. */
  private record Answer(Moment moment, long arrivedNanos) {}

  /**
   * What is known since the feed was lost last. The next loss begins a new period, and an answer to
   * a command of the former one changes nothing.
   */
  private static final class Period {
    /** Whether the rows are trusted for as long as the heartbeats arrive. */
    private volatile boolean isTrusted;

    private volatile boolean isConnected;

    /** Up to when this instance knows of every change. */
    private volatile long completeUpToNanos;

    /** A time of Redis that is not later than that; none until it is known. */
    private volatile Moment completeUpTo = Moment.NONE;

    /** A moment since which this instance knows of every change; none until Redis answers 'M'. */
    private volatile Moment since = Moment.NONE;

    /** When to ask again; null if no answer is due. */
    private volatile @Nullable Long askAgainNanos;
  }

  private volatile Period period = new Period();

  private volatile @Nullable Answer lastAnswer;

  /**
   * @param owed how many removals this instance owes Redis
   */
  Watch(
      Space space,
      Fleet fleet,
      Removals removals,
      IntSupplier owed,
      Exchange exchange,
      LongSupplier nanoClock) {
    this.space = space;
    this.fleet = fleet;
    this.removals = removals;
    this.owed = owed;
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
    now.isConnected = true;
    complete(now, completeUpToNanos);
    ask(now);
  }

  private void complete(Period in, long upToNanos) {
    in.completeUpToNanos = upToNanos;
    Answer last = lastAnswer;
    if (last != null && upToNanos - last.arrivedNanos >= 0) {
      in.completeUpTo = last.moment;
    }
  }

  /** From now on changes may be missed. */
  void lost() {
    period = new Period();
  }

  /**
   * Answers the Hello of a new instance, after all messages before it were taken.
   *
   * @param epochKey of the space that it asks about; another space is ignored
   * @param millis the time in the Hello
   */
  void greet(String epochKey, String millis) {
    Period now = period;
    Moment claim = new Moment(epochKey, millis);
    if (isTrusted(now) && !fleet.listensToDatabase() && now.completeUpTo.isOfProcessOf(epochKey)) {
      ask(now, () -> claim);
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
    ask(in, () -> in.completeUpTo);
  }

  private void ask(Period in, Supplier<Moment> claim) {
    exchange.offer(
        new Command(
            to -> send(to, in, claim),
            reply -> answered(in, (List<?>) reply),
            () -> askLater(in),
            /* bytes= */ 0));
  }

  /**
   * What is owed is not removed yet, so this moment of the instance does not count. The moment is
   * read first: a change that comes after the debts were counted is later than the moment.
   */
  private int send(RedisConnection to, Period in, Supplier<Moment> claim) {
    String epochKey = to.epochKey(space);
    String completeUpTo = claim.get().ofProcessOf(epochKey);
    boolean owesNothing = owed.getAsInt() == 0;
    boolean counts = owesNothing && in == period && isTrusted(in) && !completeUpTo.isEmpty();
    to.run(
        Script.WATCH,
        List.of(epochKey + (fleet.listensToDatabase() ? "#listen" : "#watch"), epochKey),
        RedisConnection.bytes(fleet.instance()),
        RedisConnection.bytes(completeUpTo),
        RedisConnection.bytes(counts ? "1" : "0"),
        RedisConnection.bytes(in.since.ofProcessOf(epochKey)),
        RedisConnection.bytes(Long.toString(fleet.alive().plus(fleet.heartbeat()).toMillis())));
    return 1;
  }

  private void answered(Period in, List<?> reply) {
    String epochKey = text(reply.get(1));
    Moment moment = new Moment(epochKey, text(reply.get(2)));
    lastAnswer = new Answer(moment, nanoClock.getAsLong());
    if (in != period || in.isTrusted) {
      return;
    }
    switch (text(reply.getFirst())) {
      case "Y" -> trust(in, new Moment(epochKey, text(reply.get(3))));
      case "N" ->
          removals.forgetEverything(
              sent -> {
                if (sent >= 0) {
                  trust(in, moment);
                } else {
                  askLater(in);
                }
              });
      case "M" -> {
        in.since = new Moment(epochKey, text(reply.get(3)));
        if (!fleet.listensToDatabase()) {
          hello(moment);
        }
        askLater(in);
      }
      default -> {}
    }
  }

  /**
   * After 'Y' this instance and another one, together, know of every change up to the moment. After
   * 'N' no row that is older than the moment is left.
   */
  private void trust(Period in, Moment completeUpTo) {
    if (!in.isTrusted) {
      in.completeUpTo = completeUpTo;
      in.isTrusted = true;
      ask(in);
    }
  }

  /**
   * Lets the other instances claim at once what they know. The time in the first Hello is not later
   * than the moment since which this instance knows of every change, so the second one helps.
   */
  private void hello(Moment moment) {
    byte[] hello = new Message.Hello(fleet.instance(), moment.epochKey, moment.millis).encode();
    exchange.offer(Command.publish(fleet.channel(), hello));
  }

  private void askLater(Period in) {
    if (in.isConnected && !in.isTrusted) {
      in.askAgainNanos = nanoClock.getAsLong() + ASK_AGAIN.toNanos();
    }
  }

  private static String text(Object reply) {
    return new String((byte[]) reply, StandardCharsets.US_ASCII);
  }
}
