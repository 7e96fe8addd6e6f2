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

/** How few loaders come: two connections, four ids a query, and the test says when one arrives. */
class LoadersTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Loaders that are coming; only for the thread of the test. */
  private final Queue<Runnable> coming = new ArrayDeque<>();

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
    assertThat(coming).isEmpty();
    fixture.awaitIdle();
  }

  @Test
  void join_whileALoaderIsComing_leavesWithIt() throws Exception {
    List<Caller> callers = join("a", "b", "c", "d");
    assertThat(coming).hasSize(1);
    arrive();
    assertThat(find().ids()).containsExactly("a", "b", "c", "d");
    callers.forEach(Caller::outcome);
    assertThat(database.queries()).isOne();
  }

  @Test
  void join_moreThanOneQueryCarries_anotherComes() throws Exception {
    List<Caller> callers = join("a", "b", "c", "d", "e");
    assertThat(coming).hasSize(2);
    arrive();
    assertThat(find().ids()).containsExactly("a", "b", "c", "d");
    arrive();
    assertThat(find().ids()).containsExactly("e");
    callers.forEach(Caller::outcome);
  }

  @Test
  void join_aConnectionIsFree_isTakenAtOnce() throws Exception {
    List<Caller> first = join("a");
    arrive();
    StallingSource.Asked slow = database.next();
    List<Caller> second = join("b");
    arrive();
    assertThat(find().ids()).containsExactly("b");
    second.forEach(Caller::outcome);
    slow.find("row of ");
    first.forEach(Caller::outcome);
  }

  @Test
  void join_everyConnectionIsInUse_whoComesBackTakesAll() throws Exception {
    List<Caller> callers = join("a", "b", "c", "d", "e");
    arrive();
    StallingSource.Asked first = database.next();
    arrive();
    StallingSource.Asked second = database.next();
    List<Caller> later = join("f", "g", "h");
    assertThat(coming).isEmpty();
    first.find("row of ");
    assertThat(find().ids()).containsExactly("f", "g", "h");
    second.find("row of ");
    Stream.concat(callers.stream(), later.stream()).forEach(Caller::outcome);
    assertThat(database.queries()).isEqualTo(3);
  }

  @Test
  void load_endsWhileAnotherLoaderIsComing_leavesTheIdsToThatOne() throws Exception {
    List<Caller> first = join("a");
    arrive();
    StallingSource.Asked query = database.next();
    List<Caller> second = join("b", "c");
    assertThat(coming).hasSize(1);
    query.find("row of ");
    first.forEach(Caller::outcome);
    Awaitility.await()
        .atMost(Caller.TIMEOUT)
        .untilAsserted(() -> assertThat(fixture.loaders().inUse()).isOne());
    assertThat(database.queries()).isOne();
    arrive();
    assertThat(find().ids()).containsExactly("b", "c");
    second.forEach(Caller::outcome);
  }

  @Test
  void invalidate_whileALoaderIsComing_itFindsBothFlights() throws Exception {
    List<Caller> old = join("a");
    engine.invalidate("a");
    List<Caller> young = join("a");
    arrive();
    assertThat(find().ids()).containsExactly("a");
    old.forEach(Caller::outcome);
    young.forEach(Caller::outcome);
  }

  @Test
  void join_loaderCannotStart_theSweepStartsOneForAll() throws Exception {
    noThreads = true;
    Caller first = new Caller();
    assertThatThrownBy(() -> engine.join("a", Outcome.ANY_VERSION, MINUTE, first))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(fixture.loaders().inUse()).isZero();
    noThreads = false;
    engine.sweep();
    assertThat(coming).hasSize(1);
    List<Caller> second = join("b");
    assertThat(coming).hasSize(1);
    arrive();
    assertThat(find().ids()).containsExactly("a", "b");
    first.outcome();
    second.forEach(Caller::outcome);
  }

  @Test
  void execute_aThreadHasNothingToDo_takesItAndOnlyTheNextIsStarted() {
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
        .atMost(Caller.TIMEOUT)
        .until(() -> threads.offer(() -> second.complete(Thread.currentThread())));

    assertThat(second.get(Caller.TIMEOUT.toSeconds(), TimeUnit.SECONDS))
        .isSameAs(first.get(Caller.TIMEOUT.toSeconds(), TimeUnit.SECONDS))
        .matches(thread -> !thread.isVirtual());
  }

  @Test
  void execute_noPlatformThreadLeft_loadsAllTheSame() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    new LoaderThreads(
            _ -> false,
            Runnable::run,
            _ -> {
              throw new OutOfMemoryError("planted: unable to create native thread");
            })
        .execute(ran::countDown);
    assertThat(ran.await(Caller.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void load_queryCannotBeMade_everyoneHearsAndTheRestIsLoaded() throws Exception {
    database.refuseNext(new StackOverflowError("planted"));
    List<Caller> lost = join("a", "b", "c", "d");
    List<Caller> rest = join("e");
    arrive();
    lost.forEach(caller -> assertThat(caller.outcome()).isInstanceOf(Outcome.Failed.class));
    arrive();
    assertThat(find().ids()).containsExactly("e");
    rest.forEach(Caller::outcome);
  }

  @Test
  void sweep_everyoneLeftBeforeTheLoaderCame_itAsksNothing() {
    List<Caller> callers = join("a");
    callers.forEach(Caller::withdraw);
    now.addAndGet(MINUTE.toNanos());
    engine.sweep();
    arrive();
    fixture.awaitIdle();
    assertThat(database.queries()).isZero();
  }

  private void start(Runnable loader) {
    if (noThreads) {
      throw new OutOfMemoryError("planted: unable to create native thread");
    }
    coming.add(loader);
  }

  private List<Caller> join(String... ids) {
    return Stream.of(ids)
        .map(
            id -> {
              Caller caller = new Caller();
              caller.joined(engine.join(id, Outcome.ANY_VERSION, MINUTE, caller));
              return caller;
            })
        .toList();
  }

  /** The loader that has been coming for longest arrives. */
  private void arrive() {
    Thread.ofVirtual().start(coming.remove());
  }

  private StallingSource.Asked find() throws InterruptedException {
    StallingSource.Asked query = database.next();
    query.find("row of ");
    return query;
  }
}
