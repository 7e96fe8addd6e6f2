package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How few loaders come: two connections, four ids a query, and the test says when one arrives. */
class LoadersTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Loaders that are coming; only for the thread of the test. */
  private final Queue<Runnable> coming = new ArrayDeque<>();

  private final StallingSource database = new StallingSource(2);
  private final LoadOnce<String, String> engine =
      new LoadOnce<>(
          new MemoryCache<>(
              new CacheSettings(MINUTE, MINUTE, MINUTE, 0, 1 << 20, 1 << 16),
              String::length,
              String::length),
          new LoadSettings(0, Duration.ZERO, Duration.ofSeconds(2)),
          new LockSettings(4, 3, 100, MINUTE, MINUTE),
          database,
          () -> 0,
          coming::add);

  @AfterEach
  void whenIdle_nothingIsLeft() {
    assertThat(coming).isEmpty();
    Caller.awaitIdle(engine);
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
        .atMost(Caller.PATIENCE)
        .untilAsserted(() -> assertThat(engine.busyLoaders()).isOne());
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

  private List<Caller> join(String... ids) {
    return Stream.of(ids)
        .map(
            id -> {
              Caller caller = new Caller();
              engine.join(id, LoadOnce.ANY_VERSION, MINUTE, caller);
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
