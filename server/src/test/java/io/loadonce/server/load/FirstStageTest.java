package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.Availability;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.lock.WaiterBudget;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Flights look into the store that the instances share before they go to the database. */
class FirstStageTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration REFRESH_AFTER = SECOND.multipliedBy(30);

  private final AtomicLong clock = new AtomicLong(Duration.ofHours(1).toNanos());
  private final StallingSource database = new StallingSource(2);
  private final StallingStore store = new StallingStore(clock::get);
  private final Availability availability = new Availability();
  private final WaiterBudget waiters = new WaiterBudget(10);
  private final CacheSettings times =
      new CacheSettings(SECOND.multipliedBy(60), REFRESH_AFTER, SECOND, 0, 1 << 20, 1 << 16);
  private final LoadOnce<String, String> engine =
      new LoadOnce<>(
          new MemoryCache<>(times, String::length, String::length),
          EngineFixture.LOAD,
          EngineFixture.LOCK,
          database,
          new Shared(waiters, Loaders.of(2), availability),
          clock::get,
          store);

  @AfterEach
  void whenIdle_nothingIsLeft() {
    await(() -> assertThat(engine.flights()).as("flights").isZero());
    assertThat(waiters.waiters()).as("waiters").isZero();
    assertThat(store.waitingLooks()).as("looks").isZero();
  }

  @Test
  void join_storeHasTheRow_isSharedWithoutAQueryAndKeepsItsAge() throws Exception {
    WaitingCaller first = join("a", Freshness.ANY);
    WaitingCaller second = join("a", Freshness.ANY);
    store.next().find(7, SECOND);
    Found<String> shared = new Found<>("a", 7, Origin.SHARED, SECOND.toNanos());
    assertThat(first.outcome()).isEqualTo(shared);
    assertThat(second.outcome()).isEqualTo(shared);
    assertThat(engine.counts().count(Ending.SHARED)).isEqualTo(2);
    assertThat(look("a")).isEqualTo(new Found<>("a", 7, Origin.MEMORY, SECOND.toNanos()));
    assertThat(database.queries()).isZero();
    assertThat(store.told()).as("its own rows").isEmpty();
  }

  @Test
  void join_storeHasNoRow_isToldOfTheLoadBeforeTheCallerIsAnswered() throws Exception {
    AtomicReference<@Nullable List<Outcome<String>>> toldBefore = new AtomicReference<>();
    WaitingCaller caller = new WaitingCaller();
    engine.join(
        "a",
        Freshness.ANY,
        SECOND.multipliedBy(2),
        outcome -> {
          toldBefore.set(store.told());
          caller.accept(outcome);
        });
    store.next().passOn();
    database.next().findVersion(3);
    Found<String> loaded = new Found<>("a", 3, Origin.LOADED, 0);
    assertThat(caller.outcome()).isEqualTo(loaded);
    assertThat(toldBefore.get()).containsExactly(loaded);
    assertThat(store.callerTimes()).containsExactly(SECOND.multipliedBy(2));
  }

  @Test
  void join_idDoesNotUseTheCache_isLoadedWithoutALook() throws Exception {
    engine.use(times, EngineFixture.LOAD.withUse(CacheUse.OFF));
    WaitingCaller caller = join("a", Freshness.ANY);
    database.next().findVersion(1);
    assertThat(caller.outcome()).isEqualTo(new Found<>("a", 1, Origin.LOADED, 0));
  }

  @Test
  void join_rowOfTheStoreIsBelowMinVersion_isLoaded() throws Exception {
    WaitingCaller caller = join("a", Freshness.ofVersion(2));
    store.next().find(1, Duration.ZERO);
    database.next().findVersion(2);
    assertThat(caller.outcome()).isEqualTo(new Found<>("a", 2, Origin.LOADED, 0));
  }

  @Test
  void look_refreshDue_storeMustHaveARowOfHalfTheAge() throws Exception {
    fill("a", 1);
    clock.addAndGet(REFRESH_AFTER.toNanos());
    look("a");
    store.next().find(2, REFRESH_AFTER.dividedBy(2));
    assertThat(look("a"))
        .isEqualTo(new Found<>("a", 2, Origin.MEMORY, REFRESH_AFTER.dividedBy(2).toNanos()));

    clock.addAndGet(REFRESH_AFTER.dividedBy(2).toNanos());
    look("a");
    store.next().find(3, REFRESH_AFTER.dividedBy(2).plusNanos(1));
    database.next().findVersion(4);
    await(() -> assertThat(look("a")).isEqualTo(new Found<>("a", 4, Origin.MEMORY, 0)));
  }

  @Test
  void invalidate_duringARefresh_anyRowEndsItAndIsNotCached() throws Exception {
    fill("a", 1);
    clock.addAndGet(REFRESH_AFTER.toNanos());
    look("a");
    StallingStore.Look refresh = store.next();
    engine.invalidate("a");
    assertThat(refresh.needed()).isEqualTo(Freshness.ANY);
    refresh.find(1, SECOND);
    assertThat(look("a")).isNull();
  }

  /** The second flight of the strict caller was begun by another, who accepts an older row. */
  @Test
  void join_rowsOfTheStoreAreTooOld_joinsUntilItBeginsAFlight() throws Exception {
    WaitingCaller content = join("a", Freshness.ANY);
    WaitingCaller demanding = join("a", maxAge(10));
    WaitingCaller strict = join("a", maxAge(1));
    store.next().find(1, SECOND.multipliedBy(40));
    assertThat(content.outcome()).isInstanceOf(Found.class);
    assertThat(demanding.isAnswered()).isFalse();

    store.next().find(2, SECOND.multipliedBy(5));
    assertThat(demanding.outcome())
        .isEqualTo(new Found<>("a", 2, Origin.SHARED, SECOND.multipliedBy(5).toNanos()));
    assertThat(strict.isAnswered()).isFalse();

    store.next().find(2, SECOND.multipliedBy(5));
    database.next().findVersion(3);
    assertThat(strict.outcome()).isEqualTo(new Found<>("a", 3, Origin.LOADED, 0));
    assertThat(database.queries()).isOne();
  }

  /** The answer of the store may be as old as the flight. */
  @Test
  void join_feedDisconnectedAndFlightTooOld_looksAgain() throws Exception {
    WaitingCaller leader = join("a", Freshness.ANY);
    engine.feedState().lost(clock.get());
    Duration tooLong = EngineFixture.LOAD.staleOnDisconnect().plusNanos(1);
    clock.addAndGet(tooLong.toNanos());
    WaitingCaller late = join("a", Freshness.ANY);
    store.next().find(1, tooLong);
    assertThat(leader.outcome()).isInstanceOf(Found.class);
    store.next().find(2, Duration.ZERO);
    assertThat(late.outcome()).isEqualTo(new Found<>("a", 2, Origin.SHARED, 0));
  }

  @Test
  void join_missingInTheStoreForTooLong_isLoaded() throws Exception {
    WaitingCaller content = join("a", Freshness.ANY);
    WaitingCaller strict = join("a", maxAge(1));
    store.next().findMissing(SECOND.multipliedBy(2));
    assertThat(content.outcome())
        .isEqualTo(new Missing<>(Origin.SHARED, SECOND.multipliedBy(2).toNanos()));
    store.next().passOn();
    database.next().findVersion(1);
    assertThat(strict.outcome()).isInstanceOf(Found.class);
  }

  @Test
  void sweep_loadHangs_failsItAndCancelsTheQuery() throws Exception {
    WaitingCaller caller = join("a", Freshness.ANY);
    store.next().passOn();
    StallingSource.PendingQuery hanging = database.next();
    clock.addAndGet(EngineFixture.LOCK.loadTimeout().toNanos());
    engine.sweep();
    assertThat(caller.outcome()).isInstanceOf(Failed.class);
    assertThat(hanging.wasCancelled()).isTrue();
  }

  @Test
  void join_databaseUnreachable_storeAnswersAsLongAsItIsReached() throws Exception {
    fill("old", 1);
    SourceException.Unavailable gone = new SourceException.Unavailable("gone", /* cause= */ null);
    availability.probing();
    assertThat(availability.notReached(gone)).isTrue();
    WaitingCaller lucky = join("a", Freshness.ANY);
    store.next().find(7, SECOND);
    assertThat(lucky.outcome()).isInstanceOf(Found.class);

    clock.addAndGet(REFRESH_AFTER.toNanos());
    look("old");
    assertThat(engine.flights()).as("refreshes").isZero();

    store.disconnect();
    assertThat(join("b", Freshness.ANY).outcome()).isEqualTo(new Failed<>(gone));
  }

  private void fill(String id, long version) throws Exception {
    WaitingCaller caller = join(id, Freshness.ANY);
    store.next().find(version, Duration.ZERO);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
  }

  private @Nullable Outcome<String> look(String id) {
    return engine.look(id, Freshness.ANY);
  }

  private WaitingCaller join(String id, Freshness needed) {
    WaitingCaller caller = new WaitingCaller();
    caller.joined(engine.join(id, needed, SECOND.multipliedBy(60), caller));
    return caller;
  }

  private static Freshness maxAge(long seconds) {
    return new Freshness(Freshness.ANY_VERSION, SECOND.multipliedBy(seconds).toNanos());
  }

  private static void await(org.awaitility.core.ThrowingRunnable assertion) {
    Awaitility.await().atMost(WaitingCaller.TIMEOUT).untilAsserted(assertion);
  }
}
