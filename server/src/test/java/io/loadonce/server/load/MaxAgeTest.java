package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.TimedOut;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Callers that accept a row only up to an age. */
class MaxAgeTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Freshness A_SECOND = maxAge(SECOND);
  private static final Freshness NOW = maxAge(Duration.ZERO);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - SECOND.toNanos());
  private final StallingSource database = new StallingSource(2);

  /** Expires after 60 s, is stale for 60 s on error. */
  private final EngineFixture fixture =
      new EngineFixture(
          new CacheSettings(MINUTE, MINUTE, MINUTE, 0, 1 << 20, 1 << 16),
          new LoadSettings(/* earlyRefresh= */ 0, MINUTE, Duration.ZERO),
          LockSettings.DEFAULTS,
          database,
          clock::get);

  private final LoadOnce<String, String> engine = fixture.engine();

  @AfterEach
  void whenIdle_nothingIsLeft() {
    fixture.awaitIdle();
  }

  @Test
  void look_rowOlderThanMaxAge_isAMiss() throws Exception {
    WaitingCaller caller = join(Freshness.ANY);
    database.next().findVersion(1);
    assertThat(caller.outcome()).isInstanceOf(Found.class);

    clock.addAndGet(SECOND.toNanos());
    assertThat(engine.look("a", A_SECOND)).isInstanceOf(Found.class);

    clock.addAndGet(1);
    assertThat(engine.look("a", A_SECOND)).isNull();
    assertThat(engine.look("a", Freshness.ANY)).isInstanceOf(Found.class);
  }

  @Test
  void look_cachedNotFoundOlderThanMaxAge_isAMiss() throws Exception {
    WaitingCaller caller = join(Freshness.ANY);
    database.next().find(Map.of());
    assertThat(caller.outcome()).isEqualTo(new Missing<>(Origin.LOADED, /* ageNanos= */ 0));

    clock.addAndGet(SECOND.toNanos());
    assertThat(engine.look("a", A_SECOND))
        .isEqualTo(new Missing<>(Origin.MEMORY, SECOND.toNanos()));

    clock.addAndGet(1);
    assertThat(engine.look("a", A_SECOND)).isNull();
  }

  @Test
  void join_flightBeganTooEarly_callersShareASecondFlight() throws Exception {
    WaitingCaller content = join(Freshness.ANY);
    StallingSource.PendingQuery early = database.next();
    clock.addAndGet(1);
    WaitingCaller first = join(NOW);
    WaitingCaller second = join(NOW);
    early.findVersion(1);
    assertThat(content.outcome()).isInstanceOf(Found.class);

    database.next().findVersion(2);
    assertThat(first.outcome()).isInstanceOfSatisfying(Found.class, MaxAgeTest::isVersion2);
    assertThat(second.outcome()).isInstanceOfSatisfying(Found.class, MaxAgeTest::isVersion2);
    assertThat(database.queries()).isEqualTo(2);
  }

  /** No sweep has come between the deadline and the end of the flight. */
  @Test
  void join_flightBeganTooEarlyAndEndsAfterTheDeadline_timesOutWithoutAQuery() throws Exception {
    join(Freshness.ANY);
    StallingSource.PendingQuery early = database.next();
    clock.addAndGet(1);
    WaitingCaller late = join(NOW);
    clock.addAndGet(MINUTE.toNanos());
    early.findVersion(1);
    assertThat(late.outcome()).isEqualTo(new TimedOut<>());
    assertThat(database.queries()).isOne();
  }

  /** Its flight began too early, and meanwhile another flight has read the row after the call. */
  @Test
  void join_rowReadAfterTheCallBegan_isAHitWhenItJoinsAgain() throws Exception {
    join(Freshness.ANY);
    StallingSource.PendingQuery early = database.next();
    clock.addAndGet(1);
    WaitingCaller demanding = join(NOW);
    engine.invalidate("a");
    clock.addAndGet(1);
    WaitingCaller other = join(Freshness.ANY);
    database.next().findVersion(2);
    assertThat(other.outcome()).isInstanceOf(Found.class);
    clock.addAndGet(1);
    early.findVersion(1);
    assertThat(demanding.outcome()).isInstanceOfSatisfying(Found.class, MaxAgeTest::isVersion2);
    assertThat(database.queries()).isEqualTo(2);
  }

  /** Rows are not cached, so the second flight would query the database again. */
  @Test
  void getAll_oneIdTwiceThatMustBeNew_isLoadedOnce() throws Exception {
    WaitingCaller first = new WaitingCaller();
    WaitingCaller second = new WaitingCaller();
    AtomicLong ticking = new AtomicLong();
    EngineFixture moving =
        new EngineFixture(
            new CacheSettings(Duration.ZERO, MINUTE, Duration.ZERO, 0, 1 << 20, 1 << 16),
            LoadSettings.DEFAULTS,
            LockSettings.DEFAULTS,
            database,
            ticking::incrementAndGet);
    moving
        .engine()
        .getAll(
            List.of("a", "a"),
            NOW,
            MINUTE,
            (outcome, place) -> (place == 0 ? first : second).accept(outcome));
    database.next().findVersion(1);
    assertThat(first.outcome()).isInstanceOf(Found.class);
    assertThat(second.outcome()).isInstanceOf(Found.class);
    assertThat(database.queries()).isOne();
    moving.awaitIdle();
  }

  @Test
  void join_flightBeganEarlyEnough_isJoined() throws Exception {
    WaitingCaller content = join(Freshness.ANY);
    StallingSource.PendingQuery query = database.next();
    clock.addAndGet(SECOND.toNanos());
    WaitingCaller demanding = join(A_SECOND);
    query.findVersion(1);
    assertThat(content.outcome()).isInstanceOf(Found.class);
    assertThat(demanding.outcome()).isInstanceOf(Found.class);
    assertThat(database.queries()).isOne();
  }

  @Test
  void join_notFoundReadTooEarly_joinsASecondFlight() throws Exception {
    WaitingCaller content = join(Freshness.ANY);
    StallingSource.PendingQuery early = database.next();
    clock.addAndGet(1);
    WaitingCaller demanding = join(NOW);
    early.find(Map.of());
    assertThat(content.outcome()).isInstanceOf(Missing.class);
    database.next().findVersion(1);
    assertThat(demanding.outcome()).isInstanceOf(Found.class);
  }

  @Test
  void join_databaseUnreachableAndStaleRowTooOld_fails() throws Exception {
    WaitingCaller caller = join(Freshness.ANY);
    database.next().findVersion(1);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
    clock.addAndGet(MINUTE.plus(SECOND).toNanos());

    WaitingCaller content = join(Freshness.ANY);
    WaitingCaller demanding = join(A_SECOND);
    database.next().fail(new SourceException.Unavailable("planted", /* cause= */ null));
    assertThat(content.outcome()).isInstanceOf(Found.class);
    assertThat(demanding.outcome()).isInstanceOf(Failed.class);
  }

  private static void isVersion2(Found<?> row) {
    assertThat(row.version()).isEqualTo(2);
  }

  private static Freshness maxAge(Duration age) {
    return new Freshness(Freshness.ANY_VERSION, age.toNanos());
  }

  private WaitingCaller join(Freshness needed) {
    WaitingCaller caller = new WaitingCaller();
    caller.joined(engine.join("a", needed, MINUTE, caller));
    return caller;
  }
}
