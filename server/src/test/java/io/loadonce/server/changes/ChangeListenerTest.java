package io.loadonce.server.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.feed.Change;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.request.EncodedRow;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is heard, what is not, and what memory is worth meanwhile; over a clock of its own. */
class ChangeListenerTest {
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);
  private static final Duration STALE_ON_DISCONNECT = Duration.ofSeconds(10);
  private static final Change ONE = new Change.Row(new Key("1"));

  private final AtomicLong clock = new AtomicLong(-5);
  private final VersionedTable table = new VersionedTable();
  private final ScriptedFeed feed = new ScriptedFeed();
  private final LoadOnce<Key, EncodedRow> engine =
      Engine.over(table, STALE_ON_DISCONNECT, clock::get);
  private final ChangeListener listener = ChangeListener.start(feed, engine, HEARTBEAT, clock::get);

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
  void start_notYetListening_isDeaf() {
    engine(Origin.LOADED, 1);
    engine(Origin.STALE, 1);
    clock.addAndGet(STALE_ON_DISCONNECT.toNanos() + 1);
    engine(Origin.LOADED, 1);
  }

  @Test
  void listen_rowChanged_isForgottenAndNoOther() {
    listen();
    engine(Origin.LOADED, 1);
    get("2");
    table.put("1", 2);
    feed.say(ONE);
    until(() -> version() == 2);
    assertThat(get("2").origin()).isEqualTo(Origin.MEMORY);
    assertThat(listener.notifications(ChangeKind.ROW)).isEqualTo(1);
  }

  @Test
  void listen_everythingChanged_isForgotten() {
    listen();
    engine(Origin.LOADED, 1);
    table.put("1", 2);
    feed.say(new Change.Everything());
    until(() -> version() == 2);
    assertThat(listener.notifications(ChangeKind.ALL)).isEqualTo(1);
  }

  @Test
  void listen_otherTableChanged_forgetsNothing() {
    listen();
    engine(Origin.LOADED, 1);
    feed.say(new Change.Elsewhere(), new Change.Row(new Key("2")));
    until(() -> listener.notifications(ChangeKind.ROW) == 1);
    assertThat(listener.notifications(ChangeKind.FOREIGN)).isEqualTo(1);
    engine(Origin.MEMORY, 1);
  }

  @Test
  void listen_unreadable_forgetsEverythingAtOnceAndThenOnceASecond() {
    listen();
    engine(Origin.LOADED, 1);
    table.put("1", 2);
    feed.say(new Change.Unreadable());
    until(() -> version() == 2);

    table.put("1", 3);
    for (int i = 0; i < 100; i++) {
      feed.say(new Change.Unreadable());
    }
    until(() -> listener.notifications(ChangeKind.MALFORMED) == 101);
    engine(Origin.MEMORY, 2);
    clock.addAndGet(ChangeApplier.BETWEEN_UNREADABLE.toNanos());
    until(() -> version() == 3);
  }

  @Test
  void listen_connectionLost_isStaleForAWhileThenAMiss() {
    listen();
    engine(Origin.LOADED, 1);
    feed.cut();
    until(() -> !listener.isConnected());
    engine(Origin.STALE, 1);
    clock.addAndGet(STALE_ON_DISCONNECT.toNanos() + 1);
    table.put("1", 2);
    engine(Origin.LOADED, 2);
  }

  @Test
  void listen_again_forgetsEverythingBeforeMemoryIsBelieved() {
    listen();
    engine(Origin.LOADED, 1);
    feed.cut();
    until(() -> !listener.isConnected());
    table.put("1", 2);
    engine(Origin.STALE, 1);
    listen();
    engine(Origin.LOADED, 2);
  }

  @Test
  void listen_again_forgetsWhatWasLoadedBeforeTheSubscriptionBegan() {
    // The change falls between the last load and the beginning, and nobody says it.
    feed.whenSubscribed =
        () -> {
          assertThat(version()).isEqualTo(1);
          table.put("1", 2);
        };
    listen();
    engine(Origin.LOADED, 2);
  }

  @Test
  void listen_loadThatReadBeforeTheChange_isNotKept() throws Exception {
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
  void watch_noSignForTwoHeartbeats_isDeafSinceTheLastOneWasAskedFor() {
    listen();
    engine(Origin.LOADED, 1);
    feed.answersSigns = false;
    feed.asked.drainPermits();
    clock.addAndGet(2 * HEARTBEAT.toNanos());
    listener.watch();
    assertThat(listener.isConnected()).isTrue();
    clock.incrementAndGet();
    listener.watch();
    assertThat(listener.isConnected()).isFalse();
    engine(Origin.STALE, 1);
    clock.addAndGet(STALE_ON_DISCONNECT.minus(HEARTBEAT.multipliedBy(2)).toNanos());
    table.put("1", 2);
    engine(Origin.LOADED, 2);
  }

  @Test
  void watch_signsCome_staysListening() {
    listen();
    for (int beat = 0; beat < 10; beat++) {
      feed.asked.drainPermits();
      clock.addAndGet(HEARTBEAT.toNanos());
      feed.asked.acquireUninterruptibly();
      feed.say(ONE);
      int rows = beat + 1;
      until(() -> listener.notifications(ChangeKind.ROW) == rows);
      listener.watch();
      assertThat(listener.isConnected()).isTrue();
    }
  }

  @Test
  void watch_firstSignNeverComes_triesAgain() {
    feed.answersSigns = false;
    feed.subscriptions.release();
    feed.asked.acquireUninterruptibly();
    assertThat(listener.isConnected()).isFalse();
    clock.addAndGet(2 * HEARTBEAT.toNanos() + 1);
    feed.whenSubscribed = () -> feed.answersSigns = true;
    feed.subscriptions.release();
    until(
        () -> {
          listener.watch();
          return listener.isConnected();
        });
  }

  @Test
  void close_listening_isDeaf() {
    listen();
    engine(Origin.LOADED, 1);
    listener.close();
    assertThat(listener.isConnected()).isFalse();
    engine(Origin.STALE, 1);
  }

  private void listen() {
    feed.subscriptions.release();
    until(listener::isConnected);
  }

  private void engine(Origin origin, long version) {
    Outcome.Found<EncodedRow> row = get("1");
    assertThat(row.origin()).isEqualTo(origin);
    assertThat(row.version()).isEqualTo(version);
  }

  private long version() {
    return Engine.version(engine, "1");
  }

  private Outcome.Found<EncodedRow> get(String id) {
    return Engine.get(engine, id);
  }

  private static void until(BooleanSupplier condition) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .atMost(Engine.TIMEOUT)
        .until(condition::getAsBoolean);
  }
}
