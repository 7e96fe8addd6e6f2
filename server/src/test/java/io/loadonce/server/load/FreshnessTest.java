package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.Outdated;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a cached row is served as fresh, when it is refreshed, and what min_version changes. */
class FreshnessTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AtomicLong clock = new AtomicLong(-1_000);
  private final StallingSource database = new StallingSource(2);

  /** Expires after 60 s, is refreshed after 30 s, is stale for 10 s on error, 2 s on disconnect. */
  private final EngineFixture fixture =
      new EngineFixture(
          new CacheSettings(
              MINUTE, SECOND.multipliedBy(30), SECOND.multipliedBy(5), 0, 1 << 20, 1 << 16),
          new LoadSettings(0, SECOND.multipliedBy(10), SECOND.multipliedBy(2)),
          LockSettings.DEFAULTS,
          database,
          clock::get);

  private final LoadOnce<String, String> engine = fixture.engine();

  @AfterEach
  void whenIdle_nothingIsLeft() {
    fixture.awaitIdle();
  }

  @Test
  void look_refreshDue_isServedAndRefreshedOnce() throws Exception {
    load("a", 1);
    clock.addAndGet(SECOND.multipliedBy(30).toNanos());
    assertThat(look("a")).isEqualTo(found(1, Origin.MEMORY, SECOND.multipliedBy(30)));
    assertThat(look("a")).isEqualTo(found(1, Origin.MEMORY, SECOND.multipliedBy(30)));
    database.next().findVersion(2);
    await(() -> assertThat(engine.flights()).isZero());
    assertThat(database.queries()).isEqualTo(2);
  }

  @Test
  void lookOnly_refreshDue_isServedWithoutAQuery() throws Exception {
    load("a", 1);
    clock.addAndGet(SECOND.multipliedBy(30).toNanos());
    assertThat(engine.lookOnly("a", Freshness.ANY))
        .isEqualTo(found(1, Origin.MEMORY, SECOND.multipliedBy(30)));
    assertThat(engine.lookOnly("b", Freshness.ANY)).isNull();
    assertThat(engine.flights()).isZero();
    assertThat(database.queries()).isOne();
  }

  @Test
  void look_rowWasOldWhenItWasLoaded_expiresThatMuchEarlier() throws Exception {
    WaitingCaller caller = join("a");
    long ageNanos = SECOND.multipliedBy(40).toNanos();
    database.next().find(Map.of("a", new SourceRow.Found<>("a", 1, ageNanos)));
    assertThat(caller.outcome()).isEqualTo(found(1, Origin.LOADED, SECOND.multipliedBy(40)));
    clock.addAndGet(SECOND.multipliedBy(20).toNanos() - 1);
    assertThat(look("a")).isEqualTo(found(1, Origin.MEMORY, MINUTE.minusNanos(1)));
    database.next().fail(unavailable());
    await(() -> assertThat(engine.flights()).isZero());
    clock.addAndGet(1);
    assertThat(look("a")).isNull();
  }

  @Test
  void sweep_refreshHangs_isCancelledAtTheLoadTimeout() throws Exception {
    load("a", 1);
    clock.addAndGet(SECOND.multipliedBy(30).toNanos());
    look("a");
    StallingSource.PendingQuery refresh = database.next();
    clock.addAndGet(SECOND.multipliedBy(5).toNanos());
    engine.sweep();
    assertThat(refresh.wasCancelled()).isTrue();
  }

  @Test
  void look_refreshed_isTheNewRow() throws Exception {
    load("a", 1);
    clock.addAndGet(SECOND.multipliedBy(30).toNanos());
    look("a");
    StallingSource.PendingQuery refresh = database.next();
    engine.sweep();
    clock.addAndGet(SECOND.toNanos());
    engine.sweep();
    assertThat(refresh.isCancelled()).isFalse();
    refresh.findVersion(2);
    await(() -> assertThat(look("a")).isEqualTo(found(2, Origin.MEMORY, SECOND)));
    assertThat(database.queries()).isEqualTo(2);
  }

  @Test
  void look_refreshFailed_isServedAndRetriedLater() throws Exception {
    load("a", 1);
    clock.addAndGet(SECOND.multipliedBy(30).toNanos());
    look("a");
    database.next().fail(unavailable());
    await(() -> assertThat(engine.flights()).isZero());
    look("a");
    assertThat(engine.flights()).as("refreshes").isZero();
    clock.addAndGet(SECOND.toNanos());
    look("a");
    database.next().findVersion(2);
    await(() -> assertThat(look("a")).isEqualTo(found(2, Origin.MEMORY, Duration.ZERO)));
  }

  @Test
  void join_databaseUnreachable_expiredRowIsStaleWithinStaleOnError() throws Exception {
    load("a", 1);
    clock.addAndGet(MINUTE.plusSeconds(9).toNanos());
    WaitingCaller inTime = join("a");
    database.next().fail(unavailable());
    assertThat(inTime.outcome()).isEqualTo(found(1, Origin.STALE, MINUTE.plusSeconds(9)));
    clock.addAndGet(SECOND.toNanos());
    WaitingCaller tooLate = join("a");
    database.next().fail(unavailable());
    assertThat(tooLate.outcome()).isInstanceOf(Failed.class);
  }

  @Test
  void join_queryFails_isNotHiddenByAStaleRow() throws Exception {
    load("a", 1);
    clock.addAndGet(MINUTE.toNanos());
    WaitingCaller caller = join("a");
    database.next().fail(new SourceException.QueryFailed("planted", /* cause= */ null));
    assertThat(caller.outcome()).isInstanceOf(Failed.class);
  }

  @Test
  void join_invalidatedAndDatabaseUnreachable_fails() throws Exception {
    load("a", 1);
    engine.invalidate("a");
    WaitingCaller caller = join("a");
    database.next().fail(unavailable());
    assertThat(caller.outcome()).isInstanceOf(Failed.class);
  }

  @Test
  void look_feedDisconnected_isStaleForTwoSecondsThenAMiss() throws Exception {
    load("a", 1);
    engine.feedState().lost(clock.get());
    clock.addAndGet(SECOND.multipliedBy(2).toNanos());
    assertThat(look("a")).isEqualTo(found(1, Origin.STALE, SECOND.multipliedBy(2)));
    clock.addAndGet(1);
    assertThat(look("a")).isNull();
    load("a", 2);
    assertThat(look("a")).isEqualTo(found(2, Origin.STALE, Duration.ZERO));
    engine.feedState().connected(clock.get(), SECOND.toNanos());
    assertThat(look("a")).isEqualTo(found(2, Origin.MEMORY, Duration.ZERO));
  }

  @Test
  void look_heartbeatTooOld_isStaleUntilTheNextOne() throws Exception {
    load("a", 1);
    engine.feedState().connected(clock.get(), SECOND.toNanos());
    clock.addAndGet(SECOND.toNanos());
    assertThat(look("a")).isEqualTo(found(1, Origin.MEMORY, SECOND));
    clock.addAndGet(SECOND.toNanos());
    assertThat(look("a")).isEqualTo(found(1, Origin.STALE, SECOND.multipliedBy(2)));
    clock.addAndGet(SECOND.toNanos() + 1);
    assertThat(look("a")).isNull();
    engine.feedState().connected(clock.get(), SECOND.toNanos());
    assertThat(look("a")).isEqualTo(found(1, Origin.MEMORY, SECOND.multipliedBy(3).plusNanos(1)));
  }

  @Test
  void join_feedDisconnectedTooLongAndDatabaseUnreachable_fails() throws Exception {
    load("a", 1);
    engine.feedState().lost(clock.get());
    clock.addAndGet(SECOND.multipliedBy(2).toNanos() + 1);
    WaitingCaller caller = join("a");
    database.next().fail(unavailable());
    assertThat(caller.outcome()).isInstanceOf(Failed.class);
  }

  /** While the feed is connected, a change that comes after the query fences the flight. */
  @Test
  void join_feedDisconnectedAndFlightTooOld_callersShareASecondFlight() throws Exception {
    WaitingCaller leader = join("a");
    StallingSource.PendingQuery early = database.next();
    engine.feedState().lost(clock.get());
    clock.addAndGet(SECOND.multipliedBy(2).toNanos());
    WaitingCaller content = join("a");
    clock.addAndGet(1);
    WaitingCaller late = join("a");
    early.findVersion(1);
    assertThat(version(leader)).isEqualTo(1);
    assertThat(version(content)).isEqualTo(1);
    database.next().findVersion(2);
    assertThat(version(late)).isEqualTo(2);
    assertThat(database.queries()).isEqualTo(2);
  }

  @Test
  void withdraw_betweenTwoFlights_joinsNoSecondOne() throws Exception {
    AtomicReference<@Nullable Withdrawal> leaving = new AtomicReference<>();
    WaitingCaller leader = new WaitingCaller();
    // The leader is answered first, when the other has been freed and not yet called back.
    engine.join(
        "a",
        Freshness.ANY,
        MINUTE,
        outcome -> {
          assertThat(Objects.requireNonNull(leaving.get()).withdraw()).isFalse();
          leader.accept(outcome);
        });
    StallingSource.PendingQuery early = database.next();
    WaitingCaller demanding = new WaitingCaller();
    leaving.set(engine.join("a", Freshness.ofVersion(5), MINUTE, demanding));
    early.findVersion(4);
    assertThat(leader.outcome()).isInstanceOf(Found.class);
    await(() -> assertThat(fixture.loaders().inUse()).isZero());
    assertThat(database.queries()).isOne();
    assertThat(demanding.isAnswered()).isFalse();
    assertThat(engine.counts().count(Ending.CANCELLED)).isOne();
  }

  @Test
  void look_rowBelowMinVersion_isAMiss() throws Exception {
    load("a", 4);
    assertThat(engine.look("a", Freshness.ofVersion(4))).isInstanceOf(Found.class);
    assertThat(engine.look("a", Freshness.ofVersion(5))).isNull();
  }

  @Test
  void look_cachedNotFoundWithMinVersion_isAMiss() throws Exception {
    WaitingCaller caller = join("a");
    database.next().find(Map.of());
    assertThat(caller.outcome()).isInstanceOf(Missing.class);
    assertThat(engine.look("a", Freshness.ofVersion(1))).isNull();
  }

  @Test
  void join_leaderGetsRowBelowMinVersion_isOutdatedAfterOneQuery() throws Exception {
    WaitingCaller caller = join("a", Freshness.ofVersion(5));
    database.next().findVersion(4);
    assertThat(caller.outcome()).isEqualTo(new Outdated<>(4, 5));
    assertThat(database.queries()).isOne();
  }

  @Test
  void join_flightReadTooEarly_callersWithMinVersionShareASecondFlight() throws Exception {
    WaitingCaller content = join("a");
    StallingSource.PendingQuery early = database.next();
    WaitingCaller first = join("a", Freshness.ofVersion(5));
    WaitingCaller second = join("a", Freshness.ofVersion(5));
    early.findVersion(4);
    assertThat(content.outcome()).isEqualTo(found(4, Origin.LOADED, Duration.ZERO));
    database.next().findVersion(5);
    assertThat(first.outcome()).isInstanceOf(Found.class);
    assertThat(second.outcome()).isInstanceOf(Found.class);
    assertThat(database.queries()).isEqualTo(2);
  }

  @Test
  void join_secondFlightTooOldAsWell_isOutdated() throws Exception {
    join("a");
    StallingSource.PendingQuery early = database.next();
    WaitingCaller demanding = join("a", Freshness.ofVersion(5));
    WaitingCaller another = join("a", Freshness.ofVersion(5));
    early.find(Map.of());
    database.next().findVersion(4);
    assertThat(demanding.outcome()).isEqualTo(new Outdated<>(4, 5));
    assertThat(another.outcome()).isEqualTo(new Outdated<>(4, 5));
    assertThat(database.queries()).isEqualTo(2);
  }

  @Test
  void invalidateAll_rowsAndFlights_laterLooksFindNothingOlder() throws Exception {
    load("a", 1);
    WaitingCaller waiting = join("b");
    StallingSource.PendingQuery old = database.next();
    assertThat(engine.invalidateAll()).isEqualTo(new Invalidation(1, 1));
    assertThat(look("a")).isNull();
    old.findVersion(1);
    assertThat(waiting.outcome()).isInstanceOf(Found.class);
    assertThat(look("b")).isNull();
  }

  @Test
  void look_fencedFlightReadLater_isNotOlderThanTheRowOfItsWaiters() throws Exception {
    WaitingCaller early = join("a");
    StallingSource.PendingQuery fenced = database.next();
    engine.invalidate("a");
    load("a", 2);
    fenced.findVersion(3);
    assertThat(((Found<String>) early.outcome()).version()).isEqualTo(3);
    assertThat(look("a")).isEqualTo(found(3, Origin.MEMORY, Duration.ZERO));
  }

  @Test
  void join_fencedFlightReadLater_isNotOlderThanTheRowOfItsWaiters() throws Exception {
    WaitingCaller early = join("a");
    StallingSource.PendingQuery fenced = database.next();
    engine.invalidate("a");
    WaitingCaller young = join("a");
    StallingSource.PendingQuery younger = database.next();
    fenced.findVersion(3);
    assertThat(((Found<String>) early.outcome()).version()).isEqualTo(3);
    WaitingCaller late = join("a");
    younger.findVersion(2);
    assertThat(((Found<String>) young.outcome()).version()).isEqualTo(3);
    assertThat(((Found<String>) late.outcome()).version()).isEqualTo(3);
    assertThat(look("a")).isEqualTo(found(3, Origin.MEMORY, Duration.ZERO));
  }

  @Test
  void isRefreshDue_nearTheEnd_isLikelierTheNearer() {
    MemoryCache<String, String> cache =
        new MemoryCache<>(
            new CacheSettings(MINUTE, MINUTE, MINUTE, 0, 1 << 20, 1 << 20),
            String::length,
            String::length);
    cache.fill("a", "row", 1, 0);
    FreshnessPolicy<String> judge =
        new FreshnessPolicy<>(new LoadSettings(1, Duration.ZERO, Duration.ZERO));
    long loadNanos = SECOND.toNanos();
    assertThat(shareDue(judge, cache, MINUTE.toNanos() - 17 * loadNanos, loadNanos)).isZero();
    assertThat(shareDue(judge, cache, MINUTE.toNanos() - 2 * loadNanos, loadNanos))
        .isBetween(0.11, 0.16); // e^-2 = 0.135
    assertThat(shareDue(judge, cache, MINUTE.toNanos() - loadNanos / 10, loadNanos))
        .isBetween(0.87, 0.93); // e^-0.1 = 0.905
    assertThat(shareDue(judge, cache, MINUTE.toNanos(), loadNanos)).isOne();
  }

  private static double shareDue(
      FreshnessPolicy<String> judge, MemoryCache<String, String> cache, long now, long loadNanos) {
    int draws = 10_000;
    int due = 0;
    for (int i = 0; i < draws; i++) {
      due += judge.isRefreshDue(Objects.requireNonNull(cache.get("a")), now, loadNanos) ? 1 : 0;
    }
    return (double) due / draws;
  }

  private @Nullable Outcome<String> look(String id) {
    return engine.look(id, Freshness.ANY);
  }

  private WaitingCaller join(String id) {
    return join(id, Freshness.ANY);
  }

  private WaitingCaller join(String id, Freshness needed) {
    WaitingCaller caller = new WaitingCaller();
    caller.joined(engine.join(id, needed, MINUTE, caller));
    return caller;
  }

  private void load(String id, long version) throws Exception {
    WaitingCaller caller = join(id);
    database.next().findVersion(version);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
  }

  private static long version(WaitingCaller caller) throws InterruptedException {
    return ((Found<String>) caller.outcome()).version();
  }

  private static Found<String> found(long version, Origin origin, Duration age) {
    return new Found<>("a", version, origin, age.toNanos());
  }

  private static SourceException unavailable() {
    return new SourceException.Unavailable("planted", /* cause= */ null);
  }

  private static void await(org.awaitility.core.ThrowingRunnable assertion) {
    Awaitility.await().atMost(WaitingCaller.TIMEOUT).untilAsserted(assertion);
  }
}
