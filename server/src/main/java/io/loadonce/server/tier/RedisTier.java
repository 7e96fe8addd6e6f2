package io.loadonce.server.tier;

import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.changes.FeedObserver;
import io.loadonce.server.changes.Instances;
import io.loadonce.server.load.FirstStage;
import io.loadonce.server.lookup.EncodedRow;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The store that the instances share, in Redis: each id is loaded by one of them, and invalidated
 * on all. Safe for use by many threads; nothing blocks.
 */
public final class RedisTier implements Instances, AutoCloseable {

  /** A lease lasts so much longer than a load may take. */
  private static final Duration LEASE_MARGIN = Duration.ofSeconds(1);

  /**
   * What the tier must know of the service around it.
   *
   * @param database the URL and the user of the database, so that instances of different databases
   *     share nothing
   * @param loadTimeout how long a load may take
   * @param heartbeat the time between two heartbeats
   * @param staleOnDisconnect for how long an instance serves stale rows at most
   * @param listensToDatabase whether the change listener of the database is on
   */
  public record Surroundings(
      String database,
      Duration loadTimeout,
      Duration heartbeat,
      Duration staleOnDisconnect,
      boolean listensToDatabase) {}

  private final Fleet fleet;
  private final String database;
  private final LongSupplier nanoClock;
  private final Exchange exchange;
  private final Announcements announcements;
  private final RedisFeed feed;
  private final Map<String, Member> members = new ConcurrentHashMap<>();

  private RedisTier(TierSettings settings, Surroundings around, LongSupplier nanoClock) {
    this.fleet =
        new Fleet(
            Token.random(),
            settings.prefix(),
            around.loadTimeout().plus(LEASE_MARGIN),
            settings.maxValueBytes(),
            around.heartbeat(),
            around.listensToDatabase());
    this.database = around.database();
    this.nanoClock = nanoClock;
    RedisConnector connector = new RedisConnector(settings);
    this.exchange = Exchange.start(connector, this::debts, farewell(fleet), nanoClock);
    Duration silence = fleet.silence();
    Duration stale = around.staleOnDisconnect();
    this.announcements =
        new Announcements(
            silence.compareTo(stale) > 0 ? silence : stale, around.heartbeat(), nanoClock);
    this.feed = new RedisFeed(connector, fleet, members.values(), exchange, announcements);
  }

  /**
   * Starts without waiting for Redis.
   *
   * @param nanoClock the clock of the engines
   */
  public static RedisTier start(
      TierSettings settings, Surroundings around, LongSupplier nanoClock) {
    return new RedisTier(settings, around, nanoClock);
  }

  /**
   * Returns the stage of a lookup; once for each.
   *
   * @param times how long its entries are fresh at present
   */
  public FirstStage<Key, EncodedRow> stage(LookupSettings lookup, Supplier<CacheSettings> times) {
    Space space = Space.of(fleet.prefix(), database, lookup);
    TierStage stage = new TierStage(space, fleet, times, exchange, nanoClock);
    members.put(lookup.name(), new Member(lookup, stage));
    return stage;
  }

  /** Returns the feed of the invalidations of the other instances. */
  public ChangeFeed feed() {
    return feed;
  }

  /** Returns the observer of that feed. */
  public FeedObserver feedObserver() {
    return fleet.listensToDatabase() ? FeedObserver.NONE : new Observer(/* removes= */ false);
  }

  /** Returns the observer of the change listener of the database. */
  public FeedObserver databaseObserver() {
    return new Observer(/* removes= */ true);
  }

  @Override
  public CompletableFuture<Reach> invalidate(
      String lookup, List<Key> ids, boolean isSeen, Runnable here) {
    Member member = Objects.requireNonNull(members.get(lookup));
    long number = announcements.next();
    Message message = message(member.stage().space(), number, ids);
    Owed.Payment payment = member.stage().removals().note(ids, message);
    here.run();
    if (isSeen) {
      announcements.expect(number);
    }
    CompletableFuture<Reach> reached = new CompletableFuture<>();
    member.stage().removals().pay(payment, receivers -> paid(number, isSeen, receivers, reached));
    return reached;
  }

  /**
   * @param receivers how many instances the message was sent to; -1 if it was not sent
   */
  private void paid(long number, boolean isSeen, int receivers, CompletableFuture<Reach> reached) {
    if (receivers < 0) {
      announcements.notSent(number);
      reached.complete(new Reach(1, 0, /* isSent= */ false));
    } else if (isSeen) {
      var _ = announcements.sent(number).thenAccept(reached::complete);
    } else {
      int others = announcements.isListening() ? receivers - 1 : receivers;
      reached.complete(new Reach(1 + Math.max(0, others), 0, /* isSent= */ true));
    }
  }

  private Message message(Space space, long number, List<Key> ids) {
    return ids.isEmpty()
        ? new Message.AllInvalidated(fleet.instance(), number, space.lookup(), space.fingerprint())
        : new Message.Invalidated(
            fleet.instance(),
            number,
            space.lookup(),
            space.fingerprint(),
            ids.stream().map(id -> id.parts().stream().map(Key::text).toList()).toList());
  }

  /** Ends what takes too long. To be called every few milliseconds, by one thread. */
  public void sweep() {
    exchange.sweep();
    announcements.sweep();
  }

  /** Whether Redis is reached. */
  public boolean isConnected() {
    return exchange.isUp();
  }

  /** How often Redis could not be used any more, since the start. */
  public int failures() {
    return exchange.failures();
  }

  /** From how many other instances a heartbeat arrived in the last seconds. */
  public int otherInstances() {
    return announcements.others();
  }

  /** What the lookup has done with Redis. */
  public TierCounts counts(String lookup) {
    return member(lookup).stage().counts();
  }

  /**
   * Returns what Redis holds for an id, in words for a person. They say so if Redis does not
   * answer, or if the lookup does not use what it holds at present.
   */
  public CompletableFuture<String> held(String lookup, Key id) {
    CompletableFuture<String> held = new Peek(member(lookup).stage().space(), exchange).of(id);
    return isTrusted(lookup)
        ? held
        : held.thenApply(words -> words + "; not used until no change can have been missed");
  }

  /** How many ids of the lookup wait for another instance; a snapshot. */
  public int parked(String lookup) {
    return member(lookup).stage().parked();
  }

  /** How many ids of the lookup are still to be removed from Redis; everything counts as one. */
  public int owed(String lookup) {
    return member(lookup).stage().removals().owed();
  }

  /** Whether the rows of the lookup in Redis are used. */
  public boolean isTrusted(String lookup) {
    return member(lookup).stage().watch().isTrusted();
  }

  @Override
  public void close() {
    exchange.close();
  }

  /** Lets the other instances load what this one was loading. */
  private static Command farewell(Fleet fleet) {
    return new Command(
        to -> {
          to.remove(fleet.aliveKey());
          return 1;
        },
        _ -> {},
        () -> {},
        /* bytes= */ 0);
  }

  private Member member(String lookup) {
    return Objects.requireNonNull(members.get(lookup));
  }

  private List<Command> debts() {
    return members.values().stream()
        .map(member -> member.stage().removals().debts())
        .filter(debts -> !debts.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  /** Tells the stages what a feed says. */
  private final class Observer implements FeedObserver {
    private final boolean removes;

    /**
     * @param removes whether what the feed reports is still in Redis
     */
    Observer(boolean removes) {
      this.removes = removes;
    }

    @Override
    public void changed(String lookup, Collection<Key> ids) {
      if (removes) {
        member(lookup).stage().removals().forget(ids);
      }
    }

    @Override
    public void allChanged(String lookup) {
      if (removes) {
        member(lookup).stage().removals().forgetEverything(_ -> {});
      }
    }

    @Override
    public void connected(String lookup, long completeUpToNanos) {
      member(lookup).stage().watch().connected(completeUpToNanos);
    }

    /**
     * What instances with the same space invalidate, they remove from Redis themselves. For other
     * instances, see "What is not guaranteed" in docs/fleet.md.
     */
    @Override
    public void lost(String lookup) {
      if (removes) {
        member(lookup).stage().watch().lost();
      }
    }
  }
}
