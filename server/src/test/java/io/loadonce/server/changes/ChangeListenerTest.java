package io.loadonce.server.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.feed.Change;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.load.IdHistory.Miss;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.lookup.EncodedRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each change invalidates, and what is served while the feed is lost; on a manual clock. */
class ChangeListenerTest {
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);
  private static final Duration STALE_ON_DISCONNECT = Duration.ofSeconds(10);
  private static final String LOOKUP = "default";
  private static final Change ONE = new Change.Row(LOOKUP, Key.of("1"));

  private final AtomicLong clock = new AtomicLong(-5);
  private final VersionedTable table = new VersionedTable();
  private final ScriptedFeed feed = new ScriptedFeed();
  private final LoadOnce<Key, EncodedRow> engine =
      UnexpiringEngine.over(table, STALE_ON_DISCONNECT, clock::get);
  private final LoadOnce<Key, EncodedRow> other =
      UnexpiringEngine.over(table, STALE_ON_DISCONNECT, clock::get);
  private final ChangeListener listener =
      ChangeListener.start(feed, Map.of(LOOKUP, engine, "other", other), HEARTBEAT, clock::get);

  @BeforeEach
  void fill() {
    table.put("1", 1);
    table.put("2", 1);
  }

  @AfterEach
  void close() {
    feed.subscriptions.release(1_000);
    listener.close();
  }

  @Test
  void start_notYetConnected_servesStale() {
    assertRow(Origin.LOADED, 1);
    assertRow(Origin.STALE, 1);
    clock.addAndGet(STALE_ON_DISCONNECT.toNanos() + 1);
    assertRow(Origin.LOADED, 1);
  }

  @Test
  void listen_rowChanged_invalidatesOnlyThatRow() {
    listen();
    assertRow(Origin.LOADED, 1);
    get("2");
    table.put("1", 2);
    feed.say(ONE);
    until(() -> version() == 2);
    assertThat(misses(Miss.INVALIDATED_BY_CHANGE)).isOne();
    assertThat(get("2").origin()).isEqualTo(Origin.MEMORY);
    assertThat(listener.notifications(ChangeKind.ROW)).isEqualTo(1);
  }

  @Test
  void listen_everythingChanged_emptiesTheCache() {
    listen();
    assertRow(Origin.LOADED, 1);
    table.put("1", 2);
    feed.say(new Change.Everything(LOOKUP));
    until(() -> version() == 2);
    assertThat(listener.notifications(ChangeKind.ALL)).isEqualTo(1);
  }

  @Test
  void listen_severalLookups_invalidatesOnlyThatOfTheChange() {
    listen();
    assertRow(Origin.LOADED, 1);
    UnexpiringEngine.get(other, "1");
    feed.say(new Change.Everything(LOOKUP), ONE);
    until(() -> listener.notifications(ChangeKind.ROW) == 1);
    assertRow(Origin.LOADED, 1);
    assertThat(UnexpiringEngine.get(other, "1").origin()).isEqualTo(Origin.MEMORY);
    feed.say(new Change.Unreadable());
    until(() -> listener.notifications(ChangeKind.MALFORMED) == 1);
    assertThat(UnexpiringEngine.get(other, "1").origin()).isEqualTo(Origin.LOADED);
    feed.cut();
    until(() -> !listener.isConnected());
    assertThat(UnexpiringEngine.get(other, "1").origin()).isEqualTo(Origin.STALE);
    listen();
    assertThat(UnexpiringEngine.get(other, "1").origin()).isEqualTo(Origin.LOADED);
  }

  @Test
  void listen_oneLookupUnreported_losesOnlyThat() {
    listen();
    assertRow(Origin.LOADED, 1);
    UnexpiringEngine.get(other, "1");
    feed.unreported = List.of(new Change.Unreported("other", "no triggers"));
    nextHeartbeat();
    until(() -> !listener.isConnected());
    assertRow(Origin.MEMORY, 1);
    assertThat(UnexpiringEngine.get(other, "1").origin()).isEqualTo(Origin.STALE);
    clock.addAndGet(STALE_ON_DISCONNECT.toNanos());
    until(() -> UnexpiringEngine.get(other, "1").origin() == Origin.LOADED);

    feed.unreported = List.of();
    nextHeartbeat();
    until(listener::isConnected);
    assertRow(Origin.MEMORY, 1);
    assertThat(UnexpiringEngine.get(other, "1").origin()).isEqualTo(Origin.LOADED);
    assertThat(UnexpiringEngine.get(other, "1").origin()).isEqualTo(Origin.MEMORY);
  }

  @Test
  void listen_otherTableChanged_invalidatesNothing() {
    listen();
    assertRow(Origin.LOADED, 1);
    feed.say(new Change.Elsewhere(), new Change.Row(LOOKUP, Key.of("2")));
    until(() -> listener.notifications(ChangeKind.ROW) == 1);
    assertThat(listener.notifications(ChangeKind.FOREIGN)).isEqualTo(1);
    assertRow(Origin.MEMORY, 1);
  }

  @Test
  void listen_unreadable_emptiesTheCacheAtOnceAndThenOnceASecond() {
    listen();
    assertRow(Origin.LOADED, 1);
    table.put("1", 2);
    feed.say(new Change.Unreadable());
    until(() -> version() == 2);

    table.put("1", 3);
    for (int i = 0; i < 100; i++) {
      feed.say(new Change.Unreadable());
    }
    until(() -> listener.notifications(ChangeKind.MALFORMED) == 101);
    assertRow(Origin.MEMORY, 2);
    clock.addAndGet(ChangeApplier.BETWEEN_UNREADABLE.toNanos());
    until(() -> version() == 3);
  }

  @Test
  void listen_connectionLost_isStaleUntilTheLimitThenAMiss() {
    listen();
    assertRow(Origin.LOADED, 1);
    feed.cut();
    until(() -> !listener.isConnected());
    assertRow(Origin.STALE, 1);
    clock.addAndGet(STALE_ON_DISCONNECT.toNanos() + 1);
    table.put("1", 2);
    assertRow(Origin.LOADED, 2);
  }

  @Test
  void listen_reconnected_emptiesTheCacheBeforeItServesFresh() {
    listen();
    assertRow(Origin.LOADED, 1);
    feed.cut();
    until(() -> !listener.isConnected());
    table.put("1", 2);
    assertRow(Origin.STALE, 1);
    listen();
    assertRow(Origin.LOADED, 2);
  }

  @Test
  void listen_connected_onlyWhatWasCachedBeforeIsAMissForThatReason() {
    listen();
    get("1");
    assertThat(misses(Miss.NOT_CACHED_BEFORE)).as("nothing was cached").isOne();
    feed.cut();
    until(() -> !listener.isConnected());
    listen();
    get("1");
    assertThat(misses(Miss.FEED_CONNECTED)).isOne();
    get("2");
    assertThat(misses(Miss.NOT_CACHED_BEFORE)).as("never cached").isEqualTo(2);
    assertThat(misses(Miss.INVALIDATED_BY_CALLER)).isZero();
  }

  @Test
  void listen_reconnected_removesWhatWasLoadedBeforeTheSubscription() {
    // The change is committed after the last load and before the subscription: it is not reported.
    feed.whenSubscribed =
        () -> {
          assertThat(version()).isEqualTo(1);
          table.put("1", 2);
        };
    listen();
    assertRow(Origin.LOADED, 2);
  }

  @Test
  void listen_loadThatReadBeforeTheChange_isNotCached() throws Exception {
    listen();
    CountDownLatch gate = table.stall();
    Thread caller = Thread.ofVirtual().start(() -> get("1"));
    table.awaitRead();
    table.put("1", 2);
    feed.say(ONE);
    until(() -> listener.notifications(ChangeKind.ROW) == 1);
    gate.countDown();
    caller.join();
    assertThat(version()).isEqualTo(2);
  }

  @Test
  void watch_twoHeartbeatsMissed_isLostSinceTheLastRequest() {
    listen();
    assertRow(Origin.LOADED, 1);
    feed.sendsHeartbeats = false;
    feed.requested.drainPermits();
    clock.addAndGet(2 * HEARTBEAT.toNanos());
    listener.watch();
    assertThat(listener.isConnected()).isTrue();
    clock.incrementAndGet();
    listener.watch();
    assertThat(listener.isConnected()).isFalse();
    assertRow(Origin.STALE, 1);
    clock.addAndGet(STALE_ON_DISCONNECT.minus(HEARTBEAT.multipliedBy(2)).toNanos());
    table.put("1", 2);
    assertRow(Origin.LOADED, 2);
  }

  @Test
  void get_twoHeartbeatsMissed_servesStaleBeforeTheListenerRuns() {
    listen();
    assertRow(Origin.LOADED, 1);
    feed.sendsHeartbeats = false;
    clock.addAndGet(2 * HEARTBEAT.toNanos());
    assertRow(Origin.MEMORY, 1);
    clock.incrementAndGet();
    assertRow(Origin.STALE, 1);
  }

  @Test
  void watch_heartbeatsArrive_staysConnected() {
    listen();
    for (int beat = 0; beat < 10; beat++) {
      feed.requested.drainPermits();
      clock.addAndGet(HEARTBEAT.toNanos());
      feed.requested.acquireUninterruptibly();
      feed.say(ONE);
      int rows = beat + 1;
      until(() -> listener.notifications(ChangeKind.ROW) == rows);
      listener.watch();
      assertThat(listener.isConnected()).isTrue();
    }
  }

  @Test
  void watch_firstHeartbeatMissing_subscribesAgain() {
    feed.sendsHeartbeats = false;
    feed.subscriptions.release();
    feed.requested.acquireUninterruptibly();
    assertThat(listener.isConnected()).isFalse();
    clock.addAndGet(2 * HEARTBEAT.toNanos() + 1);
    feed.whenSubscribed = () -> feed.sendsHeartbeats = true;
    feed.subscriptions.release();
    until(
        () -> {
          listener.watch();
          return listener.isConnected();
        });
  }

  @Test
  void close_connected_servesStale() {
    listen();
    assertRow(Origin.LOADED, 1);
    listener.close();
    assertThat(listener.isConnected()).isFalse();
    assertRow(Origin.STALE, 1);
  }

  private long misses(Miss why) {
    return engine.statistics().misses(why);
  }

  private void nextHeartbeat() {
    clock.addAndGet(HEARTBEAT.toNanos());
  }

  private void listen() {
    feed.subscriptions.release();
    until(listener::isConnected);
  }

  private void assertRow(Origin origin, long version) {
    Outcome.Found<EncodedRow> row = get("1");
    assertThat(row.origin()).isEqualTo(origin);
    assertThat(row.version()).isEqualTo(version);
  }

  private long version() {
    return UnexpiringEngine.version(engine, "1");
  }

  private Outcome.Found<EncodedRow> get(String id) {
    return UnexpiringEngine.get(engine, id);
  }

  private static void until(BooleanSupplier condition) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .atMost(UnexpiringEngine.TIMEOUT)
        .until(condition::getAsBoolean);
  }
}
