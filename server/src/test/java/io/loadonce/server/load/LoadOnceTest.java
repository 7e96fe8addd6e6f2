package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.load.Outcome.TimedOut;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The engine over a database that the test holds still, on a clock that the test moves. */
class LoadOnceTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final StallingSource database = new StallingSource(2);
  private final EngineFixture fixture = new EngineFixture(database, clock::get);
  private final LoadOnce<String, String> engine = fixture.engine();

  @AfterEach
  void whenIdle_nothingIsLeft() {
    fixture.awaitIdle();
  }

  @Test
  void look_nothingCached_isNull() {
    assertThat(engine.look("a", Freshness.ANY)).isNull();
    assertThat(database.queries()).isZero();
  }

  @Test
  void join_threeCallersOfOneColdId_oneQueryAnswersAll() throws Exception {
    WaitingCaller first = join("a");
    WaitingCaller second = join("a");
    WaitingCaller third = join("a");
    database.next().find("row of ");
    assertThat(first.outcome()).isEqualTo(new Found<>("row of a", 7, Origin.LOADED, 0));
    assertThat(second.outcome()).isEqualTo(new Found<>("row of a", 7, Origin.JOINED, 0));
    assertThat(third.outcome()).isEqualTo(new Found<>("row of a", 7, Origin.JOINED, 0));
    assertThat(database.queries()).isOne();
  }

  @Test
  void look_afterTheLoad_isAHitUntilTheRowExpires() throws Exception {
    load("a");
    clock.addAndGet(Duration.ofSeconds(60).toNanos() - 1);
    assertThat(engine.look("a", Freshness.ANY))
        .isEqualTo(new Found<>("row of a", 7, Origin.MEMORY, Duration.ofSeconds(60).toNanos() - 1));
    clock.addAndGet(1);
    assertThat(engine.look("a", Freshness.ANY)).isNull();
  }

  @Test
  void join_publishedSinceTheFirstLook_secondLookAnswers() throws Exception {
    assertThat(engine.look("a", Freshness.ANY)).isNull();
    load("a");
    assertThat(join("a").outcome()).isEqualTo(new Found<>("row of a", 7, Origin.MEMORY, 0));
    assertThat(database.queries()).isOne();
  }

  @Test
  void join_noRow_isMissingForTheNegativeTimeToLive() throws Exception {
    WaitingCaller first = join("a");
    database.next().find(Map.of());
    assertThat(first.outcome()).isInstanceOf(Missing.class);
    clock.addAndGet(Duration.ofSeconds(5).toNanos() - 1);
    assertThat(engine.look("a", Freshness.ANY)).isInstanceOf(Missing.class);
    clock.addAndGet(1);
    assertThat(engine.look("a", Freshness.ANY)).isNull();
  }

  @Test
  void join_loadFails_failsTheWaitersOfThatFlightOnly() throws Exception {
    SourceException reason = new SourceException.QueryFailed("planted", /* cause= */ null);
    WaitingCaller first = join("a");
    WaitingCaller second = join("a");
    StallingSource.PendingQuery failing = database.next();
    WaitingCaller other = join("b");
    failing.fail(reason);
    database.next().find("row of ");
    assertThat(first.outcome()).isEqualTo(new Failed<>(reason));
    assertThat(second.outcome()).isEqualTo(new Failed<>(reason));
    assertThat(other.outcome()).isInstanceOf(Found.class);
    assertThat(database.queries()).isEqualTo(2);
    load("a");
  }

  @Test
  void join_oneUnusableRowInAQuery_failsThatIdOnly() throws Exception {
    SourceException reason = new SourceException.InvalidRow("two rows");
    WaitingCaller good = new WaitingCaller();
    WaitingCaller bad = new WaitingCaller();
    getAll(List.of("good", "bad"), List.of(good, bad));
    database
        .next()
        .find(
            Map.of(
                "good", new SourceRow.Found<>("fine", 1), "bad", new SourceRow.Unusable<>(reason)));
    assertThat(good.outcome()).isEqualTo(new Found<>("fine", 1, Origin.LOADED, 0));
    assertThat(bad.outcome()).isEqualTo(new Failed<>(reason));
    assertThat(engine.look("bad", Freshness.ANY)).isNull();
  }

  @Test
  void join_loaderThrowsAnError_allWaitersFail() throws Exception {
    WaitingCaller first = join("a");
    WaitingCaller second = join("a");
    database.next().fail(new StackOverflowError("planted"));
    assertThat(first.outcome()).isInstanceOf(Failed.class);
    assertThat(second.outcome()).isInstanceOf(Failed.class);
    load("a");
  }

  @Test
  void withdraw_leader_otherWaitersAreAnswered() throws Exception {
    WaitingCaller leader = join("a");
    WaitingCaller follower = join("a");
    assertThat(leader.withdraw()).isTrue();
    database.next().find("row of ");
    assertThat(follower.outcome()).isInstanceOf(Found.class);
    assertThat(leader.isAnswered()).isFalse();
    assertThat(database.queries()).isOne();
    assertThat(engine.counts().count(Ending.CANCELLED)).isOne();
  }

  @Test
  void withdraw_allWaiters_cancelsTheQueryAfterAMoment() throws Exception {
    WaitingCaller first = join("a");
    WaitingCaller second = join("a");
    StallingSource.PendingQuery query = database.next();
    first.withdraw();
    second.withdraw();
    engine.sweep();
    assertThat(query.isCancelled()).isFalse();
    clock.addAndGet(Duration.ofMillis(30).toNanos());
    engine.sweep();
    assertThat(query.wasCancelled()).isTrue();
  }

  @Test
  void join_afterAllWaitersLeft_isServedByTheSameQuery() throws Exception {
    join("a").withdraw();
    WaitingCaller late = join("a");
    clock.addAndGet(Duration.ofMillis(30).toNanos());
    engine.sweep();
    database.next().find("row of ");
    assertThat(late.outcome()).isInstanceOf(Found.class);
    assertThat(database.queries()).isOne();
  }

  @Test
  void sweep_deadlinePasses_timesOutWhileTheLoadContinues() throws Exception {
    WaitingCaller hasty = new WaitingCaller();
    WaitingCaller patient = join("a");
    hasty.joined(engine.join("a", Freshness.ANY, Duration.ofMillis(1), hasty));
    clock.addAndGet(Duration.ofMillis(1).toNanos());
    engine.sweep();
    assertThat(hasty.outcome()).isEqualTo(new TimedOut<>());
    database.next().find("row of ");
    assertThat(patient.outcome()).isInstanceOf(Found.class);
    assertThat(engine.look("a", Freshness.ANY)).isInstanceOf(Found.class);
  }

  @Test
  void sweep_loadHangs_failsItAndFreesTheId() throws Exception {
    WaitingCaller stranded = join("a");
    StallingSource.PendingQuery hanging = database.next();
    clock.addAndGet(Duration.ofSeconds(5).toNanos());
    engine.sweep();
    assertThat(stranded.outcome())
        .isInstanceOfSatisfying(
            Failed.class,
            failed ->
                assertThat(((Failed<?>) failed).reason())
                    .isInstanceOf(SourceException.Unavailable.class)
                    .hasMessage("the database did not answer within 5000 ms"));
    assertThat(hanging.wasCancelled()).isTrue();
    load("a");
  }

  @Test
  void join_beyondTheCap_isRejectedWithoutAQuery() throws Exception {
    List<WaitingCaller> inside = IntStream.range(0, 3).mapToObj(_ -> join("a")).toList();
    assertThat(join("a").outcome())
        .isEqualTo(new Refused<>(Outcome.Cap.WAITERS_PER_ID, Duration.ofSeconds(1).toNanos()));
    database.next().find("row of ");
    for (WaitingCaller call : inside) {
      assertThat(call.outcome()).isInstanceOf(Found.class);
    }
    assertThat(database.queries()).isOne();
  }

  @Test
  void join_oneCallbackThrows_othersAreAnswered() throws Exception {
    engine.join(
        "a",
        Freshness.ANY,
        MINUTE,
        _ -> {
          throw new IllegalStateException("planted");
        });
    WaitingCaller second = join("a");
    database.next().find("row of ");
    assertThat(second.outcome()).isInstanceOf(Found.class);
  }

  @Test
  void invalidate_duringTheLoad_waitersAreAnsweredAndNothingIsCached() throws Exception {
    WaitingCaller before = join("a");
    StallingSource.PendingQuery old = database.next();
    assertThat(engine.invalidate("a")).isEqualTo(new Invalidation(0, 1));
    WaitingCaller after = join("a");
    StallingSource.PendingQuery young = database.next();
    old.find("old row of ");
    assertThat(before.outcome()).isInstanceOf(Found.class);
    assertThat(engine.look("a", Freshness.ANY)).isNull();
    young.find("row of ");
    assertThat(after.outcome()).isEqualTo(new Found<>("row of a", 7, Origin.LOADED, 0));
    assertThat(engine.look("a", Freshness.ANY)).isInstanceOf(Found.class);
  }

  @Test
  void invalidate_cachedRow_isRemoved() throws Exception {
    load("a");
    assertThat(engine.invalidate("a")).isEqualTo(new Invalidation(1, 0));
    assertThat(engine.look("a", Freshness.ANY)).isNull();
    assertThat(engine.invalidate("a")).isEqualTo(Invalidation.NOTHING);
  }

  @Test
  void getAll_someMisses_loadsThoseInOneQuery() throws Exception {
    load("a");
    List<WaitingCaller> calls = IntStream.range(0, 4).mapToObj(_ -> new WaitingCaller()).toList();
    getAll(List.of("b", "a", "c", "b"), calls);
    StallingSource.PendingQuery query = database.next();
    assertThat(query.ids()).containsExactly("b", "c");
    query.find("row of ");
    assertThat(calls.stream().map(call -> ((Found<String>) call.outcome()).origin()))
        .containsExactly(Origin.LOADED, Origin.MEMORY, Origin.LOADED, Origin.JOINED);
  }

  @Test
  void join_allConnectionsBusy_nextQueryLoadsAllQueuedIds() throws Exception {
    StallingSource.PendingQuery a = asked("a");
    StallingSource.PendingQuery b = asked("b");
    List<WaitingCaller> piled = List.of(join("c"), join("d"), join("e"), join("f"), join("g"));
    a.find("row of ");
    StallingSource.PendingQuery next = database.next();
    assertThat(next.ids()).containsExactly("c", "d", "e", "f");
    next.find("row of ");
    StallingSource.PendingQuery rest = database.next();
    assertThat(rest.ids()).containsExactly("g");
    rest.find("row of ");
    b.find("row of ");
    for (WaitingCaller call : piled) {
      assertThat(call.outcome()).isInstanceOf(Found.class);
    }
    fixture.awaitIdle();
    assertThat(engine.queries()).isEqualTo(4);
    assertThat(engine.idsLoaded()).isEqualTo(7);
  }

  @Test
  void join_abandonedInTheQueue_isNeverLoaded() throws Exception {
    StallingSource.PendingQuery a = asked("a");
    StallingSource.PendingQuery b = asked("b");
    join("c").withdraw();
    clock.addAndGet(Duration.ofMillis(30).toNanos());
    engine.sweep();
    WaitingCaller d = join("d");
    a.find("row of ");
    StallingSource.PendingQuery next = database.next();
    assertThat(next.ids()).containsExactly("d");
    next.find("row of ");
    b.find("row of ");
    assertThat(d.outcome()).isInstanceOf(Found.class);
  }

  @Test
  void invalidate_whileQueued_queryNamesTheIdOnce() throws Exception {
    StallingSource.PendingQuery a = asked("a");
    StallingSource.PendingQuery b = asked("b");
    WaitingCaller before = join("c");
    engine.invalidate("c");
    WaitingCaller after = join("c");
    a.find("row of ");
    StallingSource.PendingQuery next = database.next();
    assertThat(next.ids()).containsExactly("c");
    next.find("row of ");
    b.find("row of ");
    assertThat(before.outcome()).isInstanceOf(Found.class);
    assertThat(after.outcome()).isInstanceOf(Found.class);
  }

  @Test
  void join_deadlineHasPassed_timesOutWithoutAQuery() throws Exception {
    WaitingCaller late = new WaitingCaller();
    late.joined(engine.join("a", Freshness.ANY, Duration.ZERO, late));
    assertThat(late.outcome()).isEqualTo(new TimedOut<>());
    assertThat(database.queries()).isZero();
    assertThat(engine.counts().count(Ending.TIMED_OUT)).isOne();
  }

  @Test
  void await_interrupted_leavesNoWaiter() throws Exception {
    CompletableFuture<Thread.State> ended = new CompletableFuture<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    engine.await("a", MINUTE);
                    ended.completeExceptionally(new AssertionError("was not interrupted"));
                  } catch (InterruptedException e) {
                    ended.complete(Thread.State.TERMINATED);
                  }
                });
    StallingSource.PendingQuery query = database.next();
    waiting.interrupt();
    assertThat(ended.get(WaitingCaller.TIMEOUT.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo(Thread.State.TERMINATED);
    assertThat(fixture.waiters()).isZero();
    query.find("row of ");
  }

  @Test
  void counts_everyLookup_isCountedOnce() throws Exception {
    load("a");
    engine.look("a", Freshness.ANY);
    WaitingCaller b = join("b");
    WaitingCaller joined = join("b");
    database.next().find(Map.of());
    b.outcome();
    joined.outcome();
    assertThat(engine.counts().count(Ending.LOADED)).isOne();
    assertThat(engine.counts().count(Ending.MEMORY)).isOne();
    assertThat(engine.counts().count(Ending.MISSING)).isEqualTo(2);
  }

  private void getAll(List<String> ids, List<WaitingCaller> callers) {
    engine.getAll(
        ids, Freshness.ANY, MINUTE, (outcome, place) -> callers.get(place).accept(outcome));
  }

  private WaitingCaller join(String id) {
    WaitingCaller call = new WaitingCaller();
    call.joined(engine.join(id, Freshness.ANY, MINUTE, call));
    return call;
  }

  /** A query for this id alone: one that follows could leave together with it otherwise. */
  private StallingSource.PendingQuery asked(String id) throws InterruptedException {
    join(id);
    return database.next();
  }

  private void load(String id) throws Exception {
    WaitingCaller call = join(id);
    database.next().find("row of ");
    assertThat(call.outcome()).isInstanceOf(Found.class);
  }
}
