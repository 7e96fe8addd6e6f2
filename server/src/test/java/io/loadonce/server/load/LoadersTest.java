package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * How many loaders are started, with two connections, four ids per query, and loaders that run when
 * the test says so.
 */
class LoadersTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Loaders that were started and do not run yet; only for the thread of the test. */
  private final Queue<Runnable> pending = new ArrayDeque<>();

  private final AtomicLong now = new AtomicLong();
  private boolean noThreads;

  private final StallingSource database = new StallingSource(2);
  private final EngineFixture fixture =
      new EngineFixture(
          EngineFixture.CACHE,
          EngineFixture.LOAD,
          new LockSettings(4, 3, 100, MINUTE, MINUTE),
          database,
          now::get,
          this::start);
  private final LoadOnce<String, String> engine = fixture.engine();

  @AfterEach
  void whenIdle_nothingIsLeft() {
    assertThat(pending).isEmpty();
    fixture.awaitIdle();
  }

  @Test
  void join_loaderPending_idIsLoadedByIt() throws Exception {
    List<WaitingCaller> callers = join("a", "b", "c", "d");
    assertThat(pending).hasSize(1);
    runNextLoader();
    assertThat(find().ids()).containsExactly("a", "b", "c", "d");
    callers.forEach(WaitingCaller::outcome);
    assertThat(database.queries()).isOne();
  }

  @Test
  void join_moreIdsThanOneQueryCarries_startsAnotherLoader() throws Exception {
    List<WaitingCaller> callers = join("a", "b", "c", "d", "e");
    assertThat(pending).hasSize(2);
    runNextLoader();
    assertThat(find().ids()).containsExactly("a", "b", "c", "d");
    runNextLoader();
    assertThat(find().ids()).containsExactly("e");
    callers.forEach(WaitingCaller::outcome);
  }

  @Test
  void join_connectionFree_idIsLoadedAtOnce() throws Exception {
    List<WaitingCaller> first = join("a");
    runNextLoader();
    StallingSource.PendingQuery slow = database.next();
    List<WaitingCaller> second = join("b");
    runNextLoader();
    assertThat(find().ids()).containsExactly("b");
    second.forEach(WaitingCaller::outcome);
    slow.find("row of ");
    first.forEach(WaitingCaller::outcome);
  }

  @Test
  void join_allConnectionsBusy_firstFreeLoaderTakesAllIds() throws Exception {
    List<WaitingCaller> callers = join("a", "b", "c", "d", "e");
    runNextLoader();
    StallingSource.PendingQuery first = database.next();
    runNextLoader();
    StallingSource.PendingQuery second = database.next();
    List<WaitingCaller> later = join("f", "g", "h");
    assertThat(pending).isEmpty();
    first.find("row of ");
    assertThat(find().ids()).containsExactly("f", "g", "h");
    second.find("row of ");
    Stream.concat(callers.stream(), later.stream()).forEach(WaitingCaller::outcome);
    assertThat(database.queries()).isEqualTo(3);
  }

  @Test
  void load_endsWhileAnotherLoaderIsPending_leavesTheIdsToThatOne() throws Exception {
    List<WaitingCaller> first = join("a");
    runNextLoader();
    StallingSource.PendingQuery query = database.next();
    List<WaitingCaller> second = join("b", "c");
    assertThat(pending).hasSize(1);
    query.find("row of ");
    first.forEach(WaitingCaller::outcome);
    Awaitility.await()
        .atMost(WaitingCaller.TIMEOUT)
        .untilAsserted(() -> assertThat(fixture.loaders().inUse()).isOne());
    assertThat(database.queries()).isOne();
    runNextLoader();
    assertThat(find().ids()).containsExactly("b", "c");
    second.forEach(WaitingCaller::outcome);
  }

  @Test
  void invalidate_loaderPending_oneQueryAnswersBothFlights() throws Exception {
    List<WaitingCaller> old = join("a");
    engine.invalidate("a");
    List<WaitingCaller> young = join("a");
    runNextLoader();
    assertThat(find().ids()).containsExactly("a");
    old.forEach(WaitingCaller::outcome);
    young.forEach(WaitingCaller::outcome);
  }

  @Test
  void join_loaderCannotStart_sweepStartsOneForAllIds() throws Exception {
    noThreads = true;
    WaitingCaller first = new WaitingCaller();
    assertThatThrownBy(() -> engine.join("a", Freshness.ANY, MINUTE, first))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(fixture.loaders().inUse()).isZero();
    noThreads = false;
    engine.sweep();
    assertThat(pending).hasSize(1);
    List<WaitingCaller> second = join("b");
    assertThat(pending).hasSize(1);
    runNextLoader();
    assertThat(find().ids()).containsExactly("a", "b");
    first.outcome();
    second.forEach(WaitingCaller::outcome);
  }

  @Test
  void execute_oneIdleThread_takesTheFirstLoaderAndTheNextIsStarted() {
    Runnable first = () -> {};
    Runnable second = () -> {};
    List<Runnable> taken = new ArrayList<>();
    List<Runnable> started = new ArrayList<>();
    LoaderThreads threads =
        new LoaderThreads(
            loader -> loader.equals(first) && taken.add(loader), Runnable::run, started::add);

    threads.execute(first);
    threads.execute(second);

    assertThat(taken).containsExactly(first);
    assertThat(started).containsExactly(second);
  }

  @Test
  void offer_afterALoaderHasEnded_runsOnItsThread() throws Exception {
    LoaderThreads threads = LoaderThreads.create();
    CompletableFuture<Thread> first = new CompletableFuture<>();
    CompletableFuture<Thread> second = new CompletableFuture<>();
    assertThat(threads.offer(() -> first.complete(Thread.currentThread()))).isFalse();

    threads.execute(() -> first.complete(Thread.currentThread()));
    Awaitility.await()
        .atMost(WaitingCaller.TIMEOUT)
        .until(() -> threads.offer(() -> second.complete(Thread.currentThread())));

    assertThat(second.get(WaitingCaller.TIMEOUT.toSeconds(), TimeUnit.SECONDS))
        .isSameAs(first.get(WaitingCaller.TIMEOUT.toSeconds(), TimeUnit.SECONDS))
        .matches(thread -> !thread.isVirtual());
  }

  @Test
  void execute_noPlatformThreadLeft_runsOnTheVirtualThread() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    new LoaderThreads(
            _ -> false,
            Runnable::run,
            _ -> {
              throw new OutOfMemoryError("planted: unable to create native thread");
            })
        .execute(ran::countDown);
    assertThat(ran.await(WaitingCaller.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void load_queryCannotBeMade_failsItsIdsAndLoadsTheRest() throws Exception {
    database.failNextQuery(new StackOverflowError("planted"));
    List<WaitingCaller> lost = join("a", "b", "c", "d");
    List<WaitingCaller> rest = join("e");
    runNextLoader();
    lost.forEach(caller -> assertThat(caller.outcome()).isInstanceOf(Outcome.Failed.class));
    runNextLoader();
    assertThat(find().ids()).containsExactly("e");
    rest.forEach(WaitingCaller::outcome);
  }

  @Test
  void sweep_allWaitersLeftBeforeTheLoaderRan_sendsNoQuery() {
    List<WaitingCaller> callers = join("a");
    callers.forEach(WaitingCaller::withdraw);
    now.addAndGet(MINUTE.toNanos());
    engine.sweep();
    runNextLoader();
    fixture.awaitIdle();
    assertThat(database.queries()).isZero();
  }

  private void start(Runnable loader) {
    if (noThreads) {
      throw new OutOfMemoryError("planted: unable to create native thread");
    }
    pending.add(loader);
  }

  private List<WaitingCaller> join(String... ids) {
    return Stream.of(ids)
        .map(
            id -> {
              WaitingCaller caller = new WaitingCaller();
              caller.joined(engine.join(id, Freshness.ANY, MINUTE, caller));
              return caller;
            })
        .toList();
  }

  /** Runs the loader that has been pending for longest. */
  private void runNextLoader() {
    Thread.ofVirtual().start(pending.remove());
  }

  private StallingSource.PendingQuery find() throws InterruptedException {
    StallingSource.PendingQuery query = database.next();
    query.find("row of ");
    return query;
  }
}
