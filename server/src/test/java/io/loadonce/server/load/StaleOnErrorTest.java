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

/** Who is given an old row before the load of a new one has failed, and what becomes of it. */
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
  void join_knownToBeUnreachable_isStaleAtOnceAndReadAgain() throws Exception {
    loadAndExpire("a");
    failToLoad("other");
    assertThat(join("a").outcome()).isEqualTo(stale("a", TIME_TO_LIVE));
    assertThat(join("a").outcome()).isEqualTo(stale("a", TIME_TO_LIVE));
    StallingSource.Asked background = database.next();
    assertThat(background.ids()).containsExactly("a");
    background.findVersion(2);
    fixture.awaitIdle();
    assertThat(look("a")).isEqualTo(found("a", 2, Origin.MEMORY));
    assertThat(database.queries()).isEqualTo(3);
    assertThat(engine.counts().count(Ending.STALE)).isEqualTo(2);
  }

  @Test
  void join_reachedAgain_waitsForTheNewRow() throws Exception {
    loadAndExpire("a");
    failToLoad("other");
    load("other", 1);
    Caller caller = join("a");
    StallingSource.Asked asked = database.next();
    assertThat(caller.isAnswered()).isFalse();
    asked.findVersion(2);
    assertThat(caller.outcome()).isEqualTo(found("a", 2, Origin.LOADED));
  }

  @Test
  void join_queryFailsForAnotherReason_isReachedAgain() throws Exception {
    loadAndExpire("a");
    for (Throwable reason :
        List.of(
            new SourceException.QueryFailed("planted", /* cause= */ null),
            new StackOverflowError("planted"))) {
      failToLoad("other");
      assertThat(fixture.availability().isUnreachable()).isTrue();
      Caller wrong = join("other");
      database.next().fail(reason);
      assertThat(wrong.outcome()).isInstanceOf(Failed.class);
      assertThat(fixture.availability().isUnreachable()).isFalse();
    }
    Caller caller = join("a");
    database.next().findVersion(2);
    assertThat(caller.outcome()).isEqualTo(found("a", 2, Origin.LOADED));
  }

  @Test
  void join_loadWasGivenUp_saysNothingOfTheDatabase() throws Exception {
    loadAndExpire("a");
    failToLoad("other");
    join("other").withdraw();
    StallingSource.Asked abandoned = database.next();
    pass(Duration.ofMillis(30));
    assertThat(abandoned.wasCancelled()).isTrue();
    fixture.awaitIdle();
    assertThat(join("a").outcome()).isInstanceOf(Found.class);
    database.next().findVersion(2);
  }

  @Test
  void join_backgroundLoadFails_isTriedAgainAfterAMoment() throws Exception {
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
  void join_noOldRowThatMayBeGiven_waits() throws Exception {
    loadAndExpire("a");
    load("invalidated", 1);
    pass(STALE_ON_ERROR);
    engine.invalidate("invalidated");
    failToLoad("other");
    for (String id : List.of("a", "invalidated", "unknown")) {
      Caller caller = join(id);
      database.next().failUnreachable();
      assertThat(caller.outcome()).as(id).isInstanceOf(Failed.class);
    }
  }

  @Test
  void join_versionNeededAndUnreachable_isStaleIfItIsThatNew() throws Exception {
    loadAndExpire("a");
    failToLoad("other");
    Caller demanding = join("a", 2, SECOND);
    StallingSource.Asked asked = database.next();
    assertThat(join("a", 1, SECOND).outcome()).isEqualTo(stale("a", TIME_TO_LIVE));
    assertThat(demanding.isAnswered()).isFalse();
    asked.findVersion(2);
    assertThat(demanding.outcome()).isEqualTo(found("a", 2, Origin.LOADED));
  }

  @Test
  void getAll_knownToBeUnreachable_oldRowsAreStaleAtOnce() throws Exception {
    loadAndExpire("a");
    failToLoad("other");
    Caller old = new Caller();
    Caller cold = new Caller();
    List<Caller> callers = List.of(old, cold);
    engine.getAll(
        List.of("a", "cold"),
        Outcome.ANY_VERSION,
        SECOND,
        (outcome, place) -> callers.get(place).accept(outcome));
    assertThat(old.outcome()).isEqualTo(stale("a", TIME_TO_LIVE));
    assertThat(cold.isAnswered()).isFalse();
    Set<String> asked = new HashSet<>();
    while (asked.size() < 2) { // by one query or by two
      StallingSource.Asked query = database.next();
      asked.addAll(query.ids());
      query.failUnreachable();
    }
    assertThat(asked).containsExactlyInAnyOrder("a", "cold");
    assertThat(cold.outcome()).isInstanceOf(Failed.class);
  }

  @Test
  void sweep_halfOfThePatienceIsOver_isStaleAndTheLoadGoesOn() throws Exception {
    loadAndExpire("a");
    Caller hasty = join("a");
    Caller patient = join("a", Outcome.ANY_VERSION, SECOND.multipliedBy(4));
    StallingSource.Asked asked = database.next();
    pass(HALF.minusNanos(1));
    assertThat(hasty.isAnswered()).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(hasty.outcome()).isEqualTo(stale("a", TIME_TO_LIVE.plus(HALF)));
    assertThat(hasty.withdraw()).isFalse();
    assertThat(patient.isAnswered()).isFalse();
    assertThat(engine.waiters()).isOne();
    asked.findVersion(2);
    assertThat(patient.outcome()).isInstanceOf(Found.class);
    assertThat(database.queries()).isEqualTo(2);
    assertThat(engine.counts().count(Ending.STALE)).isOne();
    assertThat(engine.counts().count(Ending.CANCELLED)).isZero();
  }

  @Test
  void sweep_everyoneTookTheOldRow_loadIsNotAbandoned() throws Exception {
    loadAndExpire("a");
    Caller caller = join("a");
    StallingSource.Asked asked = database.next();
    pass(HALF);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
    assertThat(engine.waiters()).isZero();
    pass(SECOND);
    assertThat(asked.isCancelled()).isFalse();
    asked.findVersion(2);
    fixture.awaitIdle();
    assertThat(look("a")).isInstanceOf(Found.class);
  }

  @Test
  void sweep_hangsWithNobodyWaiting_isKnownToBeUnreachableWhenALoadWouldEnd() throws Exception {
    loadAndExpire("a");
    Caller first = join("a");
    StallingSource.Asked hanging = database.next();
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
  void sweep_queueIsFull_loadOfWhoTookTheOldRowIsAbandoned() throws Exception {
    loadAndExpire("a");
    List<StallingSource.Asked> busy = new ArrayList<>();
    for (String id : List.of("x", "y")) {
      join(id, Outcome.ANY_VERSION, TIME_TO_LIVE);
      busy.add(database.next());
    }
    List.of("p", "q", "r", "s").forEach(id -> join(id, Outcome.ANY_VERSION, TIME_TO_LIVE));
    Caller caller = join("a");
    pass(HALF);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
    pass(LockSettings.DEFAULTS.abandonAfter());
    assertThat(engine.flights()).isEqualTo(6);
    busy.forEach(asked -> asked.findVersion(1));
    StallingSource.Asked rest = database.next();
    assertThat(rest.ids()).containsExactly("p", "q", "r", "s");
    rest.findVersion(1);
  }

  @Test
  void sweep_refreshIsFenced_isCancelled() throws Exception {
    loadAndExpire("a");
    Caller caller = join("a");
    StallingSource.Asked asked = database.next();
    pass(HALF);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
    engine.invalidate("a");
    pass(LockSettings.DEFAULTS.abandonAfter());
    assertThat(asked.wasCancelled()).isTrue();
  }

  @Test
  void join_beyondTheCap_isStaleRatherThanRefused() throws Exception {
    LoadOnce<String, String> narrow =
        fixture(
                STALE_ON_ERROR,
                new LockSettings(1, /* maxWaitersPerId= */ 1, 10, SECOND.multipliedBy(5), HALF))
            .engine();
    for (long version = 1; version <= 2; version++) {
      Caller first = new Caller();
      Caller second = new Caller();
      narrow.join("a", Outcome.ANY_VERSION, SECOND, first);
      narrow.join("a", Outcome.ANY_VERSION, SECOND, second);
      database.next().findVersion(version);
      assertThat(first.outcome()).isInstanceOf(Found.class);
      assertThat(second.outcome())
          .isEqualTo(
              version == 1 ? new Refused<>(Outcome.Cap.WAITERS_PER_ID) : stale("a", TIME_TO_LIVE));
      clock.addAndGet(TIME_TO_LIVE.toNanos());
    }
  }

  @Test
  void sweep_invalidatedMeanwhile_waitsForItsLoad() throws Exception {
    loadAndExpire("a");
    Caller caller = join("a");
    StallingSource.Asked asked = database.next();
    engine.invalidate("a");
    pass(HALF);
    assertThat(caller.isAnswered()).isFalse();
    asked.findVersion(2);
    assertThat(caller.outcome()).isEqualTo(new Found<>("a", 2, Origin.LOADED, HALF.toNanos()));
  }

  @Test
  void sweep_tooOldMeanwhile_waitsUntilItsDeadline() throws Exception {
    load("a", 1);
    pass(TIME_TO_LIVE.plus(STALE_ON_ERROR).minus(HALF));
    Caller caller = join("a");
    StallingSource.Asked asked = database.next();
    pass(HALF);
    assertThat(caller.isAnswered()).isFalse();
    pass(HALF);
    assertThat(caller.outcome()).isEqualTo(new TimedOut<>());
    asked.findVersion(2);
  }

  @Test
  void sweep_comesAfterTheDeadline_isStaleAllTheSame() throws Exception {
    loadAndExpire("a");
    Caller caller = join("a");
    StallingSource.Asked asked = database.next();
    pass(SECOND);
    assertThat(caller.outcome()).isEqualTo(stale("a", TIME_TO_LIVE.plus(SECOND)));
    asked.findVersion(2);
  }

  @Test
  void sweep_versionNeeded_isStaleIfItIsThatNew() throws Exception {
    loadAndExpire("a");
    Caller content = join("a", 1, SECOND);
    Caller demanding = join("a", 2, SECOND);
    StallingSource.Asked asked = database.next();
    pass(HALF);
    assertThat(content.outcome()).isEqualTo(stale("a", TIME_TO_LIVE.plus(HALF)));
    assertThat(demanding.isAnswered()).isFalse();
    asked.findVersion(1);
    database.next().findVersion(2);
    assertThat(demanding.outcome()).isInstanceOf(Found.class);
  }

  @Test
  void join_off_nobodyIsGivenAnOldRow() throws Exception {
    LoadOnce<String, String> off = fixture(Duration.ZERO, LockSettings.DEFAULTS).engine();
    for (Duration wait : List.of(Duration.ZERO, TIME_TO_LIVE)) {
      clock.addAndGet(wait.toNanos());
      Caller caller = new Caller();
      off.join("a", Outcome.ANY_VERSION, SECOND, caller);
      StallingSource.Asked asked = database.next();
      clock.addAndGet(HALF.toNanos());
      off.sweep();
      assertThat(caller.isAnswered()).isFalse();
      asked.findVersion(1);
      assertThat(caller.outcome()).isInstanceOf(Found.class);
    }
    clock.addAndGet(TIME_TO_LIVE.toNanos());
    for (String id : List.of("other", "a")) {
      Caller caller = new Caller();
      off.join(id, Outcome.ANY_VERSION, SECOND, caller);
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
    Caller caller = join(id);
    database.next().findVersion(version);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
  }

  private void failToLoad(String id) throws Exception {
    Caller caller = join(id);
    database.next().failUnreachable();
    assertThat(caller.outcome()).isInstanceOf(Failed.class);
  }

  /** Lets time pass, and has the engine see it. */
  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
    engine.sweep();
  }

  private Caller join(String id) {
    return join(id, Outcome.ANY_VERSION, SECOND);
  }

  private Caller join(String id, long minVersion, Duration patience) {
    Caller caller = new Caller();
    caller.joined(engine.join(id, minVersion, patience, caller));
    return caller;
  }

  private @Nullable Outcome<String> look(String id) {
    return engine.look(id, Outcome.ANY_VERSION);
  }

  private static Found<String> found(String id, long version, Origin origin) {
    return new Found<>(id, version, origin, /* ageNanos= */ 0);
  }

  private static Found<String> stale(String id, Duration age) {
    return new Found<>(id, /* version= */ 1, Origin.STALE, age.toNanos());
  }
}
