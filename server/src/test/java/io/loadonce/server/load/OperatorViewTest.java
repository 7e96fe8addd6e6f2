package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.IdHistory.Miss;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.TimedOut;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.FlightState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator sees of the lookups: counts, reasons of misses, loads under way, traces. */
class OperatorViewTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AtomicLong clock = new AtomicLong(1_000);
  private final StallingSource database = new StallingSource(2);
  private final EngineFixture fixture = new EngineFixture(database, clock::get);
  private final LoadOnce<String, String> engine = fixture.engine();

  @AfterEach
  void whenIdle_nothingIsLeft() {
    fixture.awaitIdle();
  }

  @Test
  void lookOnly_hitAndMiss_areCounted() throws Exception {
    load("a");
    assertThat(engine.lookOnly("a", Freshness.ANY)).isInstanceOf(Found.class);
    assertThat(engine.lookOnly("b", Freshness.ANY)).isNull();
    assertThat(engine.counts().count(Ending.MEMORY)).isOne();
    assertThat(engine.counts().count(Ending.NOT_CACHED)).isOne();
    assertThat(engine.counts().countWithoutCacheOnly()).as("only the load").isOne();
  }

  @Test
  void flight_loadUnderWay_isItsAgeAndItsWaiters() throws Exception {
    assertThat(engine.flight("a")).isNull();
    WaitingCaller first = join("a", MINUTE);
    WaitingCaller second = join("a", MINUTE);
    clock.addAndGet(SECOND.toNanos());
    assertThat(engine.flight("a")).isEqualTo(new FlightState(SECOND.toNanos(), 2));
    database.next().findVersion(1);
    assertThat(first.outcome()).isInstanceOf(Found.class);
    assertThat(second.outcome()).isInstanceOf(Found.class);
    assertThat(engine.flight("a")).isNull();
  }

  @Test
  void hotByWaiters_loadWithSeveralCallers_isListed() throws Exception {
    load("alone");
    List<WaitingCaller> callers = List.of(join("a", MINUTE), join("a", MINUTE), join("a", MINUTE));
    database.next().findVersion(1);
    callers.forEach(caller -> assertThat(caller.outcome()).isInstanceOf(Found.class));
    fixture.awaitIdle();
    assertThat(engine.statistics().hotByWaiters().top(10))
        .containsExactly(new HotIds.Hot<>("a", 3));
  }

  /** Those who have left waited, too; the query of the abandoned load ends later. */
  @Test
  void hotByWaiters_allCallersLeaveBeforeTheEnd_isListedOnce() throws Exception {
    WaitingCaller leaves = join("a", MINUTE);
    WaitingCaller late = join("a", SECOND);
    StallingSource.PendingQuery query = database.next();
    assertThat(leaves.withdraw()).isTrue();
    clock.addAndGet(SECOND.toNanos());
    engine.sweep();
    assertThat(late.outcome()).isInstanceOf(TimedOut.class);
    assertThat(engine.statistics().hotByWaiters().top(10)).as("under way").isEmpty();
    clock.addAndGet(EngineFixture.LOCK.abandonAfter().toNanos());
    engine.sweep();
    assertThat(query.wasCancelled()).isTrue();
    fixture.awaitIdle();
    assertThat(engine.statistics().hotByWaiters().top(10))
        .containsExactly(new HotIds.Hot<>("a", 2));
  }

  @Test
  void hotByWaiters_aCallerLeavesBeforeTheEnd_countsToo() throws Exception {
    WaitingCaller stays = join("a", MINUTE);
    WaitingCaller leaves = join("a", MINUTE);
    assertThat(leaves.withdraw()).isTrue();
    database.next().findVersion(1);
    assertThat(stays.outcome()).isInstanceOf(Found.class);
    fixture.awaitIdle();
    assertThat(engine.statistics().hotByWaiters().top(10))
        .containsExactly(new HotIds.Hot<>("a", 2));
  }

  @Test
  void observe_callsThatWait_areSeenWithTheirFlight() throws Exception {
    List<Flight<?, ?>> waitedFor = new ArrayList<>();
    engine
        .statistics()
        .observe(
            new LoadObserver() {
              @Override
              public Call call() {
                return waitedFor::add;
              }

              @Override
              public Query queryBegins(List<? extends Flight<?, ?>> flights, int ids) {
                return NONE.queryBegins(flights, ids);
              }
            });
    load("a");
    WaitingCaller first = join("b", MINUTE);
    WaitingCaller second = join("b", MINUTE);
    database.next().findVersion(1);
    assertThat(first.outcome()).isInstanceOf(Found.class);
    assertThat(second.outcome()).isInstanceOf(Found.class);
    assertThat(waitedFor.stream().<Object>map(Flight::id)).containsExactly("a", "b", "b");
    assertThat(waitedFor.get(1)).isSameAs(waitedFor.get(2));
  }

  @Test
  void getAll_callerLeaves_eachMissIsCountedAsCancelled() throws Exception {
    load("a");
    List<Integer> answered = new CopyOnWriteArrayList<>();
    List<Withdrawal> misses =
        engine.getAll(
            List.of("a", "b", "c"), Freshness.ANY, MINUTE, (outcome, place) -> answered.add(place));
    assertThat(misses).hasSize(2).allMatch(Withdrawal::withdraw);
    assertThat(engine.counts().count(Ending.CANCELLED)).isEqualTo(2);
    assertThat(fixture.waiters()).isZero();
    StallingSource.PendingQuery query = database.next();
    clock.addAndGet(EngineFixture.LOCK.abandonAfter().toNanos());
    engine.sweep();
    assertThat(query.wasCancelled()).isTrue();
    assertThat(answered).as("the hit").containsExactly(0);
  }

  /** A caller whose deadline has passed is late, though no sweep has answered it yet. */
  @Test
  void withdraw_atTheDeadline_countsAsTimedOut() throws Exception {
    WaitingCaller early = join("a", SECOND);
    WaitingCaller late = join("a", SECOND);
    StallingSource.PendingQuery query = database.next();
    clock.addAndGet(SECOND.toNanos() - 1);
    assertThat(early.withdraw()).isTrue();
    clock.addAndGet(1);
    assertThat(late.withdraw()).isTrue();
    assertThat(engine.counts().count(Ending.CANCELLED)).isOne();
    assertThat(engine.counts().count(Ending.TIMED_OUT)).isOne();
    assertThat(engine.statistics().waits().snapshot().count()).isEqualTo(2);
    assertThat(engine.statistics().waits().snapshot().sum()).isEqualTo(2e9 - 1);
    query.findVersion(1);
  }

  @Test
  void use_shorterTimeToLive_rowExpiresByIt() throws Exception {
    load("a");
    CacheSettings brief = new CacheSettings(SECOND, MINUTE, SECOND, 0, 1 << 20, 1 << 16);
    engine.use(brief, EngineFixture.LOAD);
    clock.addAndGet(SECOND.toNanos());
    assertThat(engine.look("a", Freshness.ANY)).isNull();
    assertThat(engine.statistics().misses(Miss.EXPIRED)).isOne();
  }

  @Test
  void look_rowWasEvicted_isAMissForThatReason() throws Exception {
    load("a");
    CacheSettings none = new CacheSettings(MINUTE, MINUTE, SECOND, 0, 0, 0);
    engine.use(none, EngineFixture.LOAD);
    assertThat(engine.look("a", Freshness.ANY)).isNull();
    assertThat(engine.statistics().misses(Miss.EVICTED)).isOne();
    assertThat(engine.statistics().misses(Miss.NOT_CACHED_BEFORE)).isZero();
  }

  private void load(String id) throws InterruptedException {
    WaitingCaller caller = join(id, MINUTE);
    database.next().findVersion(1);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
  }

  private WaitingCaller join(String id, Duration timeout) {
    WaitingCaller caller = new WaitingCaller();
    caller.joined(engine.join(id, Freshness.ANY, timeout, caller));
    return caller;
  }
}
