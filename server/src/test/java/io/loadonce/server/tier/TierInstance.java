package io.loadonce.server.tier;

import static org.awaitility.Awaitility.await;

import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Availability;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.changes.ChangeListener;
import io.loadonce.server.changes.FeedKind;
import io.loadonce.server.changes.FeedObserver;
import io.loadonce.server.changes.Instances.Reach;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Loaders;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Shared;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.WaiterBudget;
import io.loadonce.server.lookup.EncodedRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One instance of a fleet, in this process: an engine with a stage over Redis. */
final class TierInstance implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(10);
  static final LookupSettings LOOKUP =
      LookupSettings.of("SELECT id, name, version FROM item WHERE id IN (:ids)")
          .withVersionColumn("version");

  /** Short, so that a test does not wait long for a heartbeat. */
  static final Duration HEARTBEAT = Duration.ofMillis(100);

  private static final Duration STALE = Duration.ofMillis(200);

  private final RedisTier tier;
  private final LoadOnce<Key, EncodedRow> engine;
  private final MemoryCache<Key, EncodedRow> cache;
  private final List<ChangeListener> listeners = new ArrayList<>();
  private final ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor();

  /**
   * @param changes what the database reports; null if it reports nothing
   */
  private TierInstance(
      TierSettings settings,
      LookupSettings lookup,
      VersionedRows rows,
      @Nullable PushedFeed changes,
      Duration heartbeat) {
    CacheSettings times =
        new CacheSettings(
            Duration.ofSeconds(60),
            CacheSettings.NEVER,
            Duration.ofSeconds(5),
            0,
            1 << 24,
            1 << 20);
    RedisTier.Surroundings around =
        new RedisTier.Surroundings(
            "database", Duration.ofSeconds(5), heartbeat, STALE, changes != null);
    tier = RedisTier.start(settings, around, System::nanoTime);
    cache = new MemoryCache<>(times, Key::memoryBytes, EncodedRow::sizeBytes);
    engine =
        new LoadOnce<>(
            cache,
            new LoadSettings(0, Duration.ZERO, STALE),
            LockSettings.DEFAULTS,
            rows,
            new Shared(
                new WaiterBudget(50_000), Loaders.of(rows.connections()), new Availability()),
            System::nanoTime,
            tier.stage(lookup, () -> times));
    if (!heartbeat.equals(HEARTBEAT)) {
      await().atMost(TIMEOUT).until(tier::isConnected);
    }
    if (changes == null) {
      listen(tier.feed(), FeedKind.INSTANCES, tier.feedObserver(), heartbeat);
    } else {
      listen(changes, FeedKind.DATABASE, tier.databaseObserver(), heartbeat);
      listen(tier.feed(), FeedKind.INSTANCES_BESIDE_DATABASE, tier.feedObserver(), heartbeat);
    }
    var _ =
        sweeper.scheduleWithFixedDelay(
            () -> {
              engine.sweep();
              tier.sweep();
              listeners.forEach(ChangeListener::watch);
            },
            10,
            10,
            TimeUnit.MILLISECONDS);
  }

  private void listen(ChangeFeed feed, FeedKind kind, FeedObserver observer, Duration heartbeat) {
    listeners.add(
        ChangeListener.start(
            feed, kind, observer, Map.of(LOOKUP.name(), engine), heartbeat, System::nanoTime));
  }

  /** Starts an instance and waits until it uses Redis. */
  static TierInstance start(RedisServer redis, VersionedRows rows) {
    TierInstance started = begin(settings(redis), rows);
    started.awaitUsable();
    return started;
  }

  /** Starts an instance that listens to its database too, and waits until it uses Redis. */
  static TierInstance start(RedisServer redis, VersionedRows rows, PushedFeed changes) {
    TierInstance started = new TierInstance(settings(redis), LOOKUP, rows, changes, HEARTBEAT);
    started.awaitUsable();
    return started;
  }

  /** With more time than by default, for a machine that is busy. */
  static TierSettings settings(RedisServer redis) {
    TierSettings usual = TierSettings.of(redis.url());
    return new TierSettings(
        usual.url(),
        usual.user(),
        usual.password(),
        usual.prefix(),
        Duration.ofMillis(250),
        usual.maxValueBytes(),
        usual.ca());
  }

  static TierInstance begin(TierSettings settings, VersionedRows rows) {
    return begin(settings, LOOKUP, rows);
  }

  /**
   * Starts an instance with another time between two heartbeats. The first one is sent when Redis
   * is reached, since the next one may be long after.
   *
   * @param changes what the database reports; null if it reports nothing
   */
  static TierInstance begin(
      RedisServer redis, VersionedRows rows, @Nullable PushedFeed changes, Duration heartbeat) {
    return new TierInstance(settings(redis), LOOKUP, rows, changes, heartbeat);
  }

  static TierInstance begin(TierSettings settings, LookupSettings lookup, VersionedRows rows) {
    return new TierInstance(settings, lookup, rows, /* changes= */ null, HEARTBEAT);
  }

  void awaitUsable() {
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(TIMEOUT)
        .until(
            () ->
                tier.isConnected()
                    && tier.isTrusted(LOOKUP.name())
                    && listeners.stream().allMatch(ChangeListener::isConnected));
  }

  RedisTier tier() {
    return tier;
  }

  TierCounts counts() {
    return tier.counts(LOOKUP.name());
  }

  LoadOnce<Key, EncodedRow> engine() {
    return engine;
  }

  /** Drops what the cache holds, as an eviction does. */
  void evict(Key id) {
    cache.remove(id);
  }

  CompletableFuture<Outcome<EncodedRow>> ask(Key id) {
    return ask(id, Freshness.ANY, TIMEOUT);
  }

  CompletableFuture<Outcome<EncodedRow>> ask(Key id, Freshness needed, Duration timeout) {
    Outcome<EncodedRow> hit = engine.look(id, needed);
    if (hit != null) {
      return CompletableFuture.completedFuture(hit);
    }
    CompletableFuture<Outcome<EncodedRow>> answer = new CompletableFuture<>();
    var _ = engine.join(id, needed, timeout, answer::complete);
    return answer;
  }

  Outcome<EncodedRow> get(Key id) throws Exception {
    return ask(id).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  /** The text of the row that was found, with where it came from. */
  String text(Key id) throws Exception {
    return text(get(id));
  }

  static String text(Outcome<EncodedRow> outcome) {
    return outcome instanceof Outcome.Found<EncodedRow> row
        ? row.value().bytes().toString(StandardCharsets.UTF_8).trim() + " " + row.origin()
        : outcome.toString();
  }

  Reach invalidate(Key id, boolean isSeen) throws Exception {
    return tier.invalidate(LOOKUP.name(), List.of(id), isSeen, () -> engine.invalidate(id))
        .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  Reach invalidateAll(boolean isSeen) throws Exception {
    return tier.invalidate(LOOKUP.name(), List.of(), isSeen, engine::invalidateAll)
        .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    listeners.forEach(ChangeListener::close);
    sweeper.shutdownNow();
    tier.close();
  }
}
