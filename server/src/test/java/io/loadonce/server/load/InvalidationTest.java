package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.load.IdHistory.Cause;
import io.loadonce.server.load.IdHistory.Miss;
import io.loadonce.server.load.IdHistory.Missed;
import io.loadonce.server.load.IdHistory.Removal;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an invalidation reports, and what it leaves behind for those who explain a miss. */
class InvalidationTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AtomicLong clock = new AtomicLong(1_000);
  private final StallingSource database = new StallingSource(3);
  private final EngineFixture fixture = new EngineFixture(database, clock::get);
  private final LoadOnce<String, String> engine = fixture.engine();

  @AfterEach
  void whenIdle_nothingIsLeft() {
    fixture.awaitIdle();
  }

  @Test
  void plus_rowsAndLoads_areAddedUp() throws Exception {
    load("a", 1);
    load("b", 1);
    WaitingCaller waiting = join("c");
    StallingSource.PendingQuery query = database.next();
    Invalidation all = Invalidation.NOTHING;
    for (String id : List.of("a", "b", "c", "d")) {
      all = all.plus(engine.invalidate(id));
    }
    assertThat(all).isEqualTo(new Invalidation(2, 1));
    assertThat(all.plus(all)).isEqualTo(new Invalidation(4, 2));
    query.findVersion(1);
    assertThat(waiting.outcome()).isInstanceOf(Found.class);
  }

  @Test
  void invalidate_cachedRow_isTheReasonOfTheNextMiss() throws Exception {
    load("a", 1);
    engine.invalidate("a", Removal.INVALIDATED_BY_AUDIT);
    long removedNanos = clock.getAndIncrement();
    assertThat(engine.look("a", Freshness.ANY)).isNull();
    assertThat(engine.statistics().history().lastMiss("a"))
        .isEqualTo(
            new Missed(
                "a".hashCode(),
                Miss.INVALIDATED_BY_AUDIT,
                clock.get(),
                new Cause(removedNanos, /* ofEverything= */ false)));
    assertThat(engine.statistics().misses(Miss.INVALIDATED_BY_AUDIT)).isOne();
  }

  @Test
  void invalidate_loadUnderWay_isTheReasonOfTheNextMiss() throws Exception {
    WaitingCaller waiting = join("a");
    engine.invalidate("a");
    database.next().findVersion(1);
    assertThat(waiting.outcome()).isInstanceOf(Found.class);
    assertThat(missOf("a")).isEqualTo(Miss.INVALIDATED_BY_CALLER);
  }

  @Test
  void invalidate_nothingToRemove_isNoReasonOfAMiss() {
    engine.invalidate("a");
    assertThat(missOf("a")).isEqualTo(Miss.NOT_CACHED_BEFORE);
  }

  @Test
  void invalidateAll_anyId_isTheReasonOfTheNextMiss() throws Exception {
    load("a", 1);
    load("b", 1);
    engine.invalidateAll(Removal.INVALIDATED_BY_CHANGE);
    assertThat(missOf("a")).isEqualTo(Miss.INVALIDATED_BY_CHANGE);
    engine.invalidateAll();
    assertThat(missOf("b")).as("nothing was cached").isEqualTo(Miss.INVALIDATED_BY_CHANGE);
    assertThat(missOf("never cached")).isEqualTo(Miss.NOT_CACHED_BEFORE);
  }

  @Test
  void invalidateAll_loadUnderWay_isTheReasonOfTheNextMiss() throws Exception {
    WaitingCaller waiting = join("a");
    engine.invalidateAll();
    database.next().findVersion(1);
    assertThat(waiting.outcome()).isInstanceOf(Found.class);
    assertThat(missOf("a")).isEqualTo(Miss.INVALIDATED_BY_CALLER);
  }

  @Test
  void invalidateAll_nothingIsCached_isNoReasonOfAMiss() {
    engine.invalidateAll(Removal.FEED_CONNECTED);
    assertThat(missOf("a")).isEqualTo(Miss.NOT_CACHED_BEFORE);
  }

  /** The first caller has version 3, so nothing older may follow; "not found" has no version. */
  @Test
  void join_fencedFlightsBringARowAndNothing_laterCallersGetNothingOlderThanTheRow()
      throws Exception {
    WaitingCaller first = join("a");
    StallingSource.PendingQuery brings3 = database.next();
    engine.invalidate("a");
    WaitingCaller second = join("a");
    StallingSource.PendingQuery bringsNothing = database.next();
    engine.invalidate("a");
    WaitingCaller third = join("a");
    StallingSource.PendingQuery brings2 = database.next();

    brings3.findVersion(3);
    assertThat(first.outcome()).isEqualTo(new Found<>("a", 3, Origin.LOADED, 0));
    bringsNothing.find(Map.of());
    assertThat(second.outcome()).isEqualTo(new Missing<>(Origin.LOADED, 0));
    brings2.findVersion(2);
    assertThat(third.outcome()).isEqualTo(new Found<>("a", 3, Origin.LOADED, 0));
    assertThat(engine.look("a", Freshness.ANY)).isEqualTo(new Found<>("a", 3, Origin.MEMORY, 0));
  }

  @Test
  void join_rowDeletedSinceAFencedFlightReadIt_isNotFound() throws Exception {
    WaitingCaller first = join("a");
    StallingSource.PendingQuery bringsARow = database.next();
    engine.invalidate("a");
    WaitingCaller second = join("a");
    StallingSource.PendingQuery bringsNothing = database.next();
    bringsARow.findVersion(3);
    assertThat(first.outcome()).isInstanceOf(Found.class);
    bringsNothing.find(Map.of());
    assertThat(second.outcome()).isEqualTo(new Missing<>(Origin.LOADED, 0));
    assertThat(engine.look("a", Freshness.ANY)).isEqualTo(new Missing<>(Origin.MEMORY, 0));
  }

  private Miss missOf(String id) {
    assertThat(engine.look(id, Freshness.ANY)).isNull();
    return Objects.requireNonNull(engine.statistics().history().lastMiss(id)).why();
  }

  private void load(String id, long version) throws InterruptedException {
    WaitingCaller caller = join(id);
    database.next().findVersion(version);
    assertThat(caller.outcome()).isInstanceOf(Found.class);
  }

  private WaitingCaller join(String id) {
    WaitingCaller caller = new WaitingCaller();
    caller.joined(engine.join(id, Freshness.ANY, MINUTE, caller));
    return caller;
  }
}
