package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.SourceException;
import io.loadonce.db.SourceRow;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.load.Outcome.TimedOut;
import io.loadonce.server.lock.Entrance.Cap;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.Waiter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The engine over a database that the test holds still, on a clock that the test moves. */
class LoadOnceTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final StallingSource database = new StallingSource(2);
  private final LoadOnce<String, String> engine =
      new LoadOnce<>(
          new MemoryCache<>(
              new CacheSettings(Duration.ofSeconds(60), Duration.ofSeconds(5), 0, 1 << 20, 1 << 16),
              String::length,
              String::length),
          new LockSettings(4, 3, 8, Duration.ofSeconds(5), Duration.ofMillis(30)),
          database,
          clock::get);

  @AfterEach
  void whenIdle_nothingIsLeft() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(engine.flights()).as("flights").isZero();
              assertThat(engine.waiters()).as("waiters").isZero();
              assertThat(engine.busyLoaders()).as("loaders").isZero();
            });
  }

  @Test
  void look_nothingInMemory_isNull() {
    assertThat(engine.look("a")).isNull();
    assertThat(database.queries()).isZero();
  }

  @Test
  void join_threeCallersOfOneColdId_oneQueryAnswersAll() throws Exception {
    Call first = join("a");
    Call second = join("a");
    Call third = join("a");
    database.next().find("row of ");
    assertThat(first.outcome()).isEqualTo(new Found<>("row of a", 7, Origin.LOADED, 0));
    assertThat(second.outcome()).isEqualTo(new Found<>("row of a", 7, Origin.JOINED, 0));
    assertThat(third.outcome()).isEqualTo(new Found<>("row of a", 7, Origin.JOINED, 0));
    assertThat(database.queries()).isOne();
  }

  @Test
  void look_afterTheLoad_isInMemoryUntilItsTimeIsOver() throws Exception {
    load("a");
    clock.addAndGet(Duration.ofSeconds(60).toNanos() - 1);
    assertThat(engine.look("a"))
        .isEqualTo(new Found<>("row of a", 7, Origin.MEMORY, Duration.ofSeconds(60).toNanos() - 1));
    clock.addAndGet(1);
    assertThat(engine.look("a")).isNull();
  }

  @Test
  void join_publishedSinceTheFirstLook_secondLookAnswers() throws Exception {
    assertThat(engine.look("a")).isNull();
    load("a");
    assertThat(join("a").outcome()).isEqualTo(new Found<>("row of a", 7, Origin.MEMORY, 0));
    assertThat(database.queries()).isOne();
  }

  @Test
  void join_noRow_isMissingForTheNegativeTimeToLive() throws Exception {
    Call first = join("a");
    database.next().find(Map.of());
    assertThat(first.outcome()).isEqualTo(new Missing<>());
    clock.addAndGet(Duration.ofSeconds(5).toNanos() - 1);
    assertThat(engine.look("a")).isEqualTo(new Missing<>());
    clock.addAndGet(1);
    assertThat(engine.look("a")).isNull();
  }

  @Test
  void join_loadFails_reachesThatFlightAndNobodyElse() throws Exception {
    SourceException reason = new SourceException.QueryFailed("planted", /* cause= */ null);
    Call first = join("a");
    Call second = join("a");
    StallingSource.Asked failing = database.next();
    Call other = join("b");
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
    Call good = new Call();
    Call bad = new Call();
    engine.getAll(List.of("good", "bad"), MINUTE, List.of(good, bad));
    database
        .next()
        .find(
            Map.of(
                "good", new SourceRow.Found<>("fine", 1), "bad", new SourceRow.Unusable<>(reason)));
    assertThat(good.outcome()).isEqualTo(new Found<>("fine", 1, Origin.LOADED, 0));
    assertThat(bad.outcome()).isEqualTo(new Failed<>(reason));
    assertThat(engine.look("bad")).isNull();
  }

  @Test
  void join_loaderThrowsAnError_everyoneHearsOfIt() throws Exception {
    Call first = join("a");
    Call second = join("a");
    database.next().fail(new StackOverflowError("planted"));
    assertThat(first.outcome()).isInstanceOf(Failed.class);
    assertThat(second.outcome()).isInstanceOf(Failed.class);
    load("a");
  }

  @Test
  void withdraw_leader_failsNobody() throws Exception {
    Call leader = join("a");
    Call follower = join("a");
    assertThat(engine.withdraw(leader.waiter())).isTrue();
    database.next().find("row of ");
    assertThat(follower.outcome()).isInstanceOf(Found.class);
    assertThat(leader.isAnswered()).isFalse();
    assertThat(database.queries()).isOne();
    assertThat(engine.counts().count(Ending.CANCELLED)).isOne();
  }

  @Test
  void withdraw_everyone_cancelsTheQueryAfterAMoment() throws Exception {
    Call first = join("a");
    Call second = join("a");
    StallingSource.Asked query = database.next();
    engine.withdraw(first.waiter());
    engine.withdraw(second.waiter());
    engine.sweep();
    assertThat(query.wasCancelledWithin(0)).isFalse();
    clock.addAndGet(Duration.ofMillis(30).toNanos());
    engine.sweep();
    assertThat(query.wasCancelledWithin(10)).isTrue();
  }

  @Test
  void join_afterEveryoneLeft_isServedByTheSameQuery() throws Exception {
    engine.withdraw(join("a").waiter());
    Call late = join("a");
    clock.addAndGet(Duration.ofMillis(30).toNanos());
    engine.sweep();
    database.next().find("row of ");
    assertThat(late.outcome()).isInstanceOf(Found.class);
    assertThat(database.queries()).isOne();
  }

  @Test
  void sweep_deadlinePasses_timesOutWhileTheLoadGoesOn() throws Exception {
    Call hasty = new Call();
    Call patient = join("a");
    hasty.waiter = engine.join("a", Duration.ofMillis(1), hasty);
    clock.addAndGet(Duration.ofMillis(1).toNanos());
    engine.sweep();
    assertThat(hasty.outcome()).isEqualTo(new TimedOut<>());
    database.next().find("row of ");
    assertThat(patient.outcome()).isInstanceOf(Found.class);
    assertThat(engine.look("a")).isInstanceOf(Found.class);
  }

  @Test
  void sweep_loadHangs_failsItAndFreesTheId() throws Exception {
    Call stranded = join("a");
    StallingSource.Asked hanging = database.next();
    clock.addAndGet(Duration.ofSeconds(5).toNanos());
    engine.sweep();
    assertThat(stranded.outcome())
        .isInstanceOfSatisfying(
            Failed.class,
            failed ->
                assertThat(((Failed<?>) failed).reason())
                    .isInstanceOf(SourceException.Unavailable.class)
                    .hasMessage("the database did not answer within 5000 ms"));
    assertThat(hanging.wasCancelledWithin(10)).isTrue();
    load("a");
  }

  @Test
  void join_beyondTheCap_isRefusedWithoutAQuery() throws Exception {
    List<Call> inside = IntStream.range(0, 3).mapToObj(_ -> join("a")).toList();
    assertThat(join("a").outcome()).isEqualTo(new Refused<>(Cap.WAITERS_PER_ID));
    database.next().find("row of ");
    for (Call call : inside) {
      assertThat(call.outcome()).isInstanceOf(Found.class);
    }
    assertThat(database.queries()).isOne();
  }

  @Test
  void join_oneCallbackThrows_othersAreAnswered() throws Exception {
    engine.join(
        "a",
        MINUTE,
        _ -> {
          throw new IllegalStateException("planted");
        });
    Call second = join("a");
    database.next().find("row of ");
    assertThat(second.outcome()).isInstanceOf(Found.class);
  }

  @Test
  void invalidate_duringTheLoad_waitersAreAnsweredAndNothingIsKept() throws Exception {
    Call before = join("a");
    StallingSource.Asked old = database.next();
    assertThat(engine.invalidate("a")).isEqualTo(new LoadOnce.Invalidated(false, true));
    Call after = join("a");
    StallingSource.Asked young = database.next();
    old.find("old row of ");
    assertThat(before.outcome()).isInstanceOf(Found.class);
    assertThat(engine.look("a")).isNull();
    young.find("row of ");
    assertThat(after.outcome()).isEqualTo(new Found<>("row of a", 7, Origin.LOADED, 0));
    assertThat(engine.look("a")).isInstanceOf(Found.class);
  }

  @Test
  void invalidate_inMemory_isForgotten() throws Exception {
    load("a");
    assertThat(engine.invalidate("a")).isEqualTo(new LoadOnce.Invalidated(true, false));
    assertThat(engine.look("a")).isNull();
    assertThat(engine.invalidate("a")).isEqualTo(new LoadOnce.Invalidated(false, false));
  }

  @Test
  void getAll_someCold_loadsTheColdOnesInOneQuery() throws Exception {
    load("a");
    List<Call> calls = IntStream.range(0, 4).mapToObj(_ -> new Call()).toList();
    engine.getAll(List.of("b", "a", "c", "b"), MINUTE, List.copyOf(calls));
    StallingSource.Asked query = database.next();
    assertThat(query.ids()).containsExactly("b", "c");
    query.find("row of ");
    assertThat(calls.stream().map(call -> ((Found<String>) call.outcome()).origin()))
        .containsExactly(Origin.LOADED, Origin.MEMORY, Origin.LOADED, Origin.JOINED);
  }

  @Test
  void join_allConnectionsBusy_idsLeaveTogetherInTheNextQuery() throws Exception {
    StallingSource.Asked a = asked("a");
    StallingSource.Asked b = asked("b");
    List<Call> piled = List.of(join("c"), join("d"), join("e"), join("f"), join("g"));
    a.find("row of ");
    StallingSource.Asked next = database.next();
    assertThat(next.ids()).containsExactly("c", "d", "e", "f");
    next.find("row of ");
    StallingSource.Asked rest = database.next();
    assertThat(rest.ids()).containsExactly("g");
    rest.find("row of ");
    b.find("row of ");
    for (Call call : piled) {
      assertThat(call.outcome()).isInstanceOf(Found.class);
    }
    assertThat(engine.queries()).isEqualTo(4);
    assertThat(engine.idsLoaded()).isEqualTo(7);
  }

  @Test
  void join_abandonedInTheQueue_isNeverAsked() throws Exception {
    StallingSource.Asked a = asked("a");
    StallingSource.Asked b = asked("b");
    engine.withdraw(join("c").waiter());
    clock.addAndGet(Duration.ofMillis(30).toNanos());
    engine.sweep();
    Call d = join("d");
    a.find("row of ");
    StallingSource.Asked next = database.next();
    assertThat(next.ids()).containsExactly("d");
    next.find("row of ");
    b.find("row of ");
    assertThat(d.outcome()).isInstanceOf(Found.class);
  }

  @Test
  void invalidate_whileQueued_idIsAskedOnce() throws Exception {
    StallingSource.Asked a = asked("a");
    StallingSource.Asked b = asked("b");
    Call before = join("c");
    engine.invalidate("c");
    Call after = join("c");
    a.find("row of ");
    StallingSource.Asked next = database.next();
    assertThat(next.ids()).containsExactly("c");
    next.find("row of ");
    b.find("row of ");
    assertThat(before.outcome()).isInstanceOf(Found.class);
    assertThat(after.outcome()).isInstanceOf(Found.class);
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
    StallingSource.Asked query = database.next();
    waiting.interrupt();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo(Thread.State.TERMINATED);
    assertThat(engine.waiters()).isZero();
    query.find("row of ");
  }

  @Test
  void counts_everyLookup_isCountedOnce() throws Exception {
    load("a");
    engine.look("a");
    Call b = join("b");
    Call joined = join("b");
    database.next().find(Map.of());
    b.outcome();
    joined.outcome();
    assertThat(engine.counts().count(Ending.LOADED)).isOne();
    assertThat(engine.counts().count(Ending.MEMORY)).isOne();
    assertThat(engine.counts().count(Ending.MISSING)).isEqualTo(2);
  }

  private Call join(String id) {
    Call call = new Call();
    call.waiter = engine.join(id, MINUTE, call);
    return call;
  }

  /** A query for this id alone: one that follows could leave together with it otherwise. */
  private StallingSource.Asked asked(String id) throws InterruptedException {
    join(id);
    return database.next();
  }

  private void load(String id) throws Exception {
    Call call = join(id);
    database.next().find("row of ");
    assertThat(call.outcome()).isInstanceOf(Found.class);
  }

  /** One caller: a callback that the test can wait for. */
  private static final class Call implements Consumer<Outcome<String>> {
    private final CompletableFuture<Outcome<String>> answer = new CompletableFuture<>();
    private @Nullable Waiter<String, Outcome<String>> waiter;

    @Override
    public void accept(Outcome<String> outcome) {
      assertThat(answer.complete(outcome)).as("answered once").isTrue();
    }

    Outcome<String> outcome() {
      return answer.orTimeout(10, TimeUnit.SECONDS).join();
    }

    boolean isAnswered() {
      return answer.isDone();
    }

    Waiter<String, Outcome<String>> waiter() {
      return Objects.requireNonNull(waiter);
    }
  }
}
