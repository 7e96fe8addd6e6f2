package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.load.Outcome.TimedOut;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Which callers get a stale row before the load of a new one has ended, and what that load does.
 */
class StaleOnErrorTest {
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(60);
  private static final Duration STALE_ON_ERROR = Duration.ofSeconds(60);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HALF = Duration.ofMillis(500);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final StallingSource database = new StallingSource(2);
  private final EngineFixture fixture = fixture(STALE_ON_ERROR, LockSettings.DEFAULTS);
  private final LoadOnce<String, String> engine = fixture.engine();

  @AfterEach
  void whenIdle_nothingIsLeft() {
    fixture.awaitIdle();
  }

  @Test
  void join_databaseKnownUnreachable_isStaleAtOnceAndRefreshed() throws Exception {
    loadAndExpire("a");
    failToLoad("other");
    assertThat(join("a").outcome()).isEqualTo(stale("a", TIME_TO_LIVE));
    assertThat(join("a").outcome()).isEqualTo(stale("a", TIME_TO_LIVE));
    StallingSource.PendingQuery background = database.next();
    assertThat(background.ids()).containsExactly("a");
    background.findVersion(2);
    fixture.awaitIdle();
    assertThat(look("a")).isEqualTo(found("a", 2, Origin.MEMORY));
    assertThat(database.queries()).isEqualTo(3);
    assertThat(engine.counts().count(Ending.STALE)).isEqualTo(2);
  }

  @Test
  void join_databaseReachableAgain_waitsForTheNewRow() throws Exception {
    loadAndExpire("a");
    failToLoad("other");
    load("other", 1);
    WaitingCaller caller = join("a");
    StallingSource.PendingQuery asked = database.next();
    assertThat(caller.isAnswered()).isFalse();
    asked.findVersion(2);
    assertThat(caller.outcome()).isEqualTo(found("a", 2, Origin.LOADED));
  }

  @Test
  void join_queryFailsForAnotherReason_databaseCountsAsReachable() throws Exception {
    loadAndExpire("a");
    for (Throwable reason :
        List.of(
            new SourceException.QueryFailed("planted", /* cause= */ null),
            new StackOverflowError("planted"))) {
      failToLoad("other");
      assertThat(fixture.availability().isUnreachable()).isTrue();
      WaitingCaller wrong = join("other");
      database.next().fail(reason);
      assertThat(wrong.outcome()).isInstanceOf(Failed.class);
      assertThat(fixture.availability().isUnreachable()).isFalse();
    }
    WaitingCaller caller = join("a");
    database.next().findVersion(2);
    assertThat(caller.outcome()).isEqualTo(found("a", 2, Origin.LOADED));
  }

  @Test
  void join_loadWasCancelled_databaseKeepsItsAvailability() throws Exception {
    loadAndExpire("a");
    failToLoad("other");
    join("other").withdraw();
    StallingSource.PendingQuery abandoned = database.next();
    pass(Duration.ofMillis(30));
    assertThat(abandoned.wasCancelled()).isTrue();
    fixture.awaitIdle();
    assertThat(join("a").outcome()).isInstanceOf(Found.class);
    database.next().findVersion(2);
  }

  @Test
  void join_refreshFails_isRetriedAfterAMoment() throws Exception {
    loadAndExpire("a");
    failToLoad("other");
    join("a");
    database.next().failUnreachable();
    fixture.awaitIdle();
    assertThat(join("a").outcome()).isEqualTo(stale("a", TIME_TO_LIVE));
    assertThat(engine.flights()).as("loads").isZero();
    pass(SECOND);
    assertThat(join("a").outcome()).isEqualTo(stale("a", TIME_TO_LIVE.plus(SECOND)));
    database.next().findVersion(2);
  }

  @Test
  void join_noStaleRowToServe_waits() throws Exception {
    loadAndExpire("a");
    load("invalidated", 1);
    pass(STALE_ON_ERROR);
    engine.invalidate("invalidated");
    failToLoad("other");
    for (String id : List.of("a", "invalidated", "unknown")) {
      WaitingCaller caller = join(id);
      database.next().failUnreachable();
      assertThat(caller.outcome()).as(id).isInstanceOf(Failed.class);
    }
  }

  @Test
  void join_minVersionAndDatabaseUnreachable_isStaleIfTheRowIsNewEnough() throws Exception {
    loadAndExpire("a");
    failToLoad("other");
    WaitingCaller demanding = join("a", Freshness.ofVersion(2), SECOND);
    StallingSource.PendingQuery asked = database.next();
    assertThat(join("a", Freshness.ofVersion(1), SECOND).outcome())
        .isEqualTo(stale("a", TIME_TO_LIVE));
    assertThat(demanding.isAnswered()).isFalse();
    asked.findVersion(2);
    assertThat(demanding.outcome()).isEqualTo(found("a", 2, Origin.LOADED));
  }

  @Test
  void getAll_databaseKnownUnreachable_rowsAreStaleAtOnce() throws Exception {
    loadAndExpire("a");
    failToLoad("other");
    WaitingCaller old = new WaitingCaller();
    WaitingCaller cold = new WaitingCaller();
    List<WaitingCaller> callers = List.of(old, cold);
    engine.getAll(
        List.of("a", "cold"),
        Freshness.ANY,
        SECOND,
        (outcome, place) -> callers.get(place).accept(outcome));
    assertThat(old.outcome()).isEqualTo(stale("a", TIME_TO_LIVE));
    assertThat(cold.isAnswered()).isFalse();
    Set<String> asked = new HashSet<>();
    while (asked.size() < 2) { // by one query or by two
      StallingSource.PendingQuery query = database.next();
      asked.addAll(query.ids());
      query.failUnreachable();
    }
    assertThat(asked).containsExactlyInAnyOrder("a", "cold");
    assertThat(cold.outcome()).isInstanceOf(Failed.class);
  }

  @Test
  void sweep_halfOfTheTimeoutPasses_isStaleAndTheLoadContinues() throws Exception {
    loadAndExpire("a");
    WaitingCaller hasty = join("a");
    WaitingCaller patient = join("a", Freshness.ANY, SECOND.multipliedBy(4));
    StallingSource.PendingQuery asked = database.next();
    pass(HALF.minusNanos(1));
    assertThat(hasty.isAnswered()).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(hasty.outcome()).isEqualTo(stale("a", TIME_TO_LIVE.plus(HALF)));
    assertThat(hasty.withdraw()).isFalse();
    assertThat(patient.isAnswered()).isFalse();
    assertThat(fixture.waiters()).isOne();
    asked.findVersion(2);
    assertThat(patient.outcome()).isInstanceOf(Found.class);
    assertThat(database.queries()).isEqualTo(2);
    assertThat(engine.counts().count(Ending.STALE)).isOne();
    assertThat(engine.counts().count(Ending.CANCELLED)).isZero();
  }

  @Test
  void sweep_allWaitersTookTheStaleRow_loadIsNotAbandoned() throws Exception {
    loadAndExpire("a");
    WaitingCaller caller = join("a");
    StallingSource.PendingQuery asked = database.next();
    pass(HALF);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
    assertThat(fixture.waiters()).isZero();
    pass(SECOND);
    assertThat(asked.isCancelled()).isFalse();
    asked.findVersion(2);
    fixture.awaitIdle();
    assertThat(look("a")).isInstanceOf(Found.class);
  }

  @Test
  void sweep_loadHangsWithoutWaiters_databaseIsUnreachableAtTheLoadTimeout() throws Exception {
    loadAndExpire("a");
    WaitingCaller first = join("a");
    StallingSource.PendingQuery hanging = database.next();
    pass(HALF);
    assertThat(first.outcome()).isInstanceOf(Found.class);
    pass(SECOND.multipliedBy(5));
    assertThat(hanging.wasCancelled()).isTrue();
    assertThat(join("a").outcome()).isInstanceOf(Found.class);
    assertThat(engine.flights()).as("loads").isZero();
    pass(SECOND);
    assertThat(join("a").outcome()).isInstanceOf(Found.class);
    database.next().findVersion(2);
  }

  @Test
  void sweep_queueIsFull_loadWhoseWaitersTookTheStaleRowIsAbandoned() throws Exception {
    loadAndExpire("a");
    List<StallingSource.PendingQuery> busy = new ArrayList<>();
    for (String id : List.of("x", "y")) {
      join(id, Freshness.ANY, TIME_TO_LIVE);
      busy.add(database.next());
    }
    List.of("p", "q", "r", "s").forEach(id -> join(id, Freshness.ANY, TIME_TO_LIVE));
    WaitingCaller caller = join("a");
    pass(HALF);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
    pass(LockSettings.DEFAULTS.abandonAfter());
    assertThat(engine.flights()).isEqualTo(6);
    busy.forEach(asked -> asked.findVersion(1));
    StallingSource.PendingQuery rest = database.next();
    assertThat(rest.ids()).containsExactly("p", "q", "r", "s");
    rest.findVersion(1);
  }

  @Test
  void sweep_refreshIsFenced_isCancelled() throws Exception {
    loadAndExpire("a");
    WaitingCaller caller = join("a");
    StallingSource.PendingQuery asked = database.next();
    pass(HALF);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
    engine.invalidate("a");
    pass(LockSettings.DEFAULTS.abandonAfter());
    assertThat(asked.wasCancelled()).isTrue();
  }

  @Test
  void join_beyondTheCap_isStaleInsteadOfRejected() throws Exception {
    LoadOnce<String, String> narrow =
        fixture(
                STALE_ON_ERROR,
                new LockSettings(1, /* maxWaitersPerId= */ 1, 10, SECOND.multipliedBy(5), HALF))
            .engine();
    for (long version = 1; version <= 2; version++) {
      WaitingCaller first = new WaitingCaller();
      WaitingCaller second = new WaitingCaller();
      narrow.join("a", Freshness.ANY, SECOND, first);
      narrow.join("a", Freshness.ANY, SECOND, second);
      database.next().findVersion(version);
      assertThat(first.outcome()).isInstanceOf(Found.class);
      assertThat(second.outcome())
          .isEqualTo(
              version == 1
                  ? new Refused<>(Outcome.Cap.WAITERS_PER_ID, SECOND.toNanos())
                  : stale("a", TIME_TO_LIVE));
      clock.addAndGet(TIME_TO_LIVE.toNanos());
    }
  }

  @Test
  void sweep_rowInvalidatedMeanwhile_waitsForTheLoad() throws Exception {
    loadAndExpire("a");
    WaitingCaller caller = join("a");
    StallingSource.PendingQuery asked = database.next();
    engine.invalidate("a");
    pass(HALF);
    assertThat(caller.isAnswered()).isFalse();
    asked.findVersion(2);
    assertThat(caller.outcome()).isEqualTo(new Found<>("a", 2, Origin.LOADED, HALF.toNanos()));
  }

  @Test
  void sweep_rowTooStaleMeanwhile_waitsUntilTheDeadline() throws Exception {
    load("a", 1);
    pass(TIME_TO_LIVE.plus(STALE_ON_ERROR).minus(HALF));
    WaitingCaller caller = join("a");
    StallingSource.PendingQuery asked = database.next();
    pass(HALF);
    assertThat(caller.isAnswered()).isFalse();
    pass(HALF);
    assertThat(caller.outcome()).isEqualTo(new TimedOut<>());
    asked.findVersion(2);
  }

  @Test
  void sweep_runsAfterTheDeadline_isStaleInsteadOfTimedOut() throws Exception {
    loadAndExpire("a");
    WaitingCaller caller = join("a");
    StallingSource.PendingQuery asked = database.next();
    pass(SECOND);
    assertThat(caller.outcome()).isEqualTo(stale("a", TIME_TO_LIVE.plus(SECOND)));
    asked.findVersion(2);
  }

  @Test
  void sweep_minVersion_isStaleIfTheRowIsNewEnough() throws Exception {
    loadAndExpire("a");
    WaitingCaller content = join("a", Freshness.ofVersion(1), SECOND);
    WaitingCaller demanding = join("a", Freshness.ofVersion(2), SECOND);
    StallingSource.PendingQuery asked = database.next();
    pass(HALF);
    assertThat(content.outcome()).isEqualTo(stale("a", TIME_TO_LIVE.plus(HALF)));
    assertThat(demanding.isAnswered()).isFalse();
    asked.findVersion(1);
    database.next().findVersion(2);
    assertThat(demanding.outcome()).isInstanceOf(Found.class);
  }

  @Test
  void join_staleOnErrorOff_isNeverStale() throws Exception {
    LoadOnce<String, String> off = fixture(Duration.ZERO, LockSettings.DEFAULTS).engine();
    for (Duration wait : List.of(Duration.ZERO, TIME_TO_LIVE)) {
      clock.addAndGet(wait.toNanos());
      WaitingCaller caller = new WaitingCaller();
      off.join("a", Freshness.ANY, SECOND, caller);
      StallingSource.PendingQuery asked = database.next();
      clock.addAndGet(HALF.toNanos());
      off.sweep();
      assertThat(caller.isAnswered()).isFalse();
      asked.findVersion(1);
      assertThat(caller.outcome()).isInstanceOf(Found.class);
    }
    clock.addAndGet(TIME_TO_LIVE.toNanos());
    for (String id : List.of("other", "a")) {
      WaitingCaller caller = new WaitingCaller();
      off.join(id, Freshness.ANY, SECOND, caller);
      database.next().failUnreachable();
      assertThat(caller.outcome()).as(id).isInstanceOf(Failed.class);
    }
  }

  private EngineFixture fixture(Duration staleOnError, LockSettings lock) {
    return new EngineFixture(
        new CacheSettings(TIME_TO_LIVE, TIME_TO_LIVE, SECOND, 0, 1 << 20, 1 << 16),
        new LoadSettings(/* earlyRefresh= */ 0, staleOnError, Duration.ZERO),
        lock,
        database,
        clock::get);
  }

  private void loadAndExpire(String id) throws Exception {
    load(id, 1);
    clock.addAndGet(TIME_TO_LIVE.toNanos());
  }

  private void load(String id, long version) throws Exception {
    WaitingCaller caller = join(id);
    database.next().findVersion(version);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
  }

  private void failToLoad(String id) throws Exception {
    WaitingCaller caller = join(id);
    database.next().failUnreachable();
    assertThat(caller.outcome()).isInstanceOf(Failed.class);
  }

  /** Advances the clock and sweeps. */
  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
    engine.sweep();
  }

  private WaitingCaller join(String id) {
    return join(id, Freshness.ANY, SECOND);
  }

  private WaitingCaller join(String id, Freshness needed, Duration timeout) {
    WaitingCaller caller = new WaitingCaller();
    caller.joined(engine.join(id, needed, timeout, caller));
    return caller;
  }

  private @Nullable Outcome<String> look(String id) {
    return engine.look(id, Freshness.ANY);
  }

  private static Found<String> found(String id, long version, Origin origin) {
    return new Found<>(id, version, origin, /* ageNanos= */ 0);
  }

  private static Found<String> stale(String id, Duration age) {
    return new Found<>(id, /* version= */ 1, Origin.STALE, age.toNanos());
  }
}
