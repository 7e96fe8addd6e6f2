package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.loadonce.server.load.IdHistory.Miss;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.NotLoaded;
import io.loadonce.server.load.Outcome.Origin;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The switch of a lookup, which an operator turns while callers are answered. */
class SwitchTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final AtomicLong clock = new AtomicLong();
  private final StallingSource database = new StallingSource(2);
  private final EngineFixture fixture = new EngineFixture(database, clock::get);
  private final LoadOnce<String, String> engine = fixture.engine();

  @AfterEach
  void whenIdle_nothingIsLeft() {
    fixture.awaitIdle();
  }

  @Test
  void use_off_eachCallIsALoadThatConcurrentCallersShare() throws Exception {
    load("a", 1);
    turn(CacheUse.OFF);
    assertThat(look("a")).as("removed").isNull();
    assertThat(engine.statistics().misses(Miss.EXCLUDED_BY_SWITCH)).isOne();

    WaitingCaller first = join("a");
    WaitingCaller second = join("a");
    database.next().findVersion(2);
    assertThat(first.outcome()).isEqualTo(new Found<>("a", 2, Origin.LOADED, 0));
    assertThat(second.outcome()).isEqualTo(new Found<>("a", 2, Origin.JOINED, 0));
    assertThat(look("a")).as("not filled").isNull();

    load("a", 3);
    assertThat(database.queries()).isEqualTo(3);
    WaitingCaller missing = join("b");
    database.next().find(Map.of());
    assertThat(missing.outcome()).isInstanceOf(Missing.class);
    assertThat(look("b")).isNull();

    turn(CacheUse.ON);
    load("a", 4);
    assertThat(look("a")).isEqualTo(new Found<>("a", 4, Origin.MEMORY, 0));
  }

  @Test
  void use_offDuringALoad_itsRowIsNotCached() throws Exception {
    WaitingCaller caller = join("a");
    StallingSource.PendingQuery query = database.next();
    turn(CacheUse.OFF);
    turn(CacheUse.ON);
    query.findVersion(1);

    assertThat(caller.outcome()).isInstanceOf(Found.class);
    assertThat(look("a")).isNull();
  }

  @Test
  void use_memoryOnly_missIsNotLoadedAndHitsAreServed() throws Exception {
    load("a", 1);
    turn(CacheUse.MEMORY_ONLY);

    assertThat(look("a")).isInstanceOf(Found.class);
    assertThat(join("b").outcome()).isEqualTo(new NotLoaded<>());
    clock.addAndGet(EngineFixture.CACHE.timeToLive().toNanos());
    assertThat(look("a")).isNull();
    assertThat(join("a").outcome()).isEqualTo(new NotLoaded<>());
    assertThat(database.queries()).isOne();
    assertThat(engine.counts().count(Ending.NOT_CACHED)).isEqualTo(2);
    assertThat(engine.counts().countWithoutCacheOnly()).as("with both").isEqualTo(4);
  }

  @Test
  void use_memoryOnlyWithStaleOnError_expiredRowIsServedAsStale() throws Exception {
    load("a", 1);
    LoadSettings stale =
        new LoadSettings(/* earlyRefresh= */ 100, Duration.ofHours(1), Duration.ZERO)
            .withUse(CacheUse.MEMORY_ONLY);
    engine.use(EngineFixture.CACHE, stale);

    clock.addAndGet(EngineFixture.CACHE.timeToLive().toNanos() - 1);
    assertThat(look("a")).as("without a refresh").isInstanceOf(Found.class);
    clock.addAndGet(1);
    assertThat(join("a").outcome())
        .isEqualTo(new Found<>("a", 1, Origin.STALE, EngineFixture.CACHE.timeToLive().toNanos()));
    assertThat(database.queries()).isOne();
  }

  @Test
  void use_shareOfIds_onlyTheseAreCached() throws Exception {
    CacheUse tenth = new CacheUse(10, /* loads= */ true);
    String inside = first(tenth, true);
    String outside = first(tenth, false);
    load(inside, 1);
    load(outside, 1);
    turn(tenth);

    assertThat(look(inside)).isInstanceOf(Found.class);
    assertThat(look(outside)).isNull();
    load(outside, 2);
    assertThat(look(outside)).isNull();
  }

  @Test
  void includes_shares_areOfTheirSizeAndGrow() {
    Set<Integer> tenth = included(10);
    Set<Integer> half = included(50);
    assertThat(included(0)).isEmpty();
    assertThat(tenth).hasSizeBetween(9_000, 11_000);
    assertThat(half).hasSizeBetween(49_000, 51_000);
    assertThat(half.containsAll(tenth)).as("grows").isTrue();
    assertThat(included(100)).hasSize(100_000);
    assertThat(tenth.stream().filter(id -> id < 100))
        .as("the same in each process and in each release")
        .containsExactlyInAnyOrder(15, 16, 36, 40, 59, 60, 65, 79, 85, 88, 90, 98);
    assertThatIllegalArgumentException().isThrownBy(() -> new CacheUse(101, true));
  }

  private static Set<Integer> included(int percent) {
    CacheUse use = new CacheUse(percent, /* loads= */ true);
    return IntStream.range(0, 100_000).boxed().filter(use::includes).collect(Collectors.toSet());
  }

  private static String first(CacheUse use, boolean isIncluded) {
    return IntStream.range(0, 1_000)
        .mapToObj(Integer::toString)
        .filter(id -> use.includes(id) == isIncluded)
        .findFirst()
        .orElseThrow();
  }

  private void turn(CacheUse use) {
    engine.use(EngineFixture.CACHE, EngineFixture.LOAD.withUse(use));
  }

  private void load(String id, long version) throws InterruptedException {
    WaitingCaller caller = join(id);
    database.next().findVersion(version);
    assertThat(caller.outcome()).isEqualTo(new Found<>(id, version, Origin.LOADED, 0));
  }

  private @Nullable Outcome<String> look(String id) {
    return engine.look(id, Freshness.ANY);
  }

  private WaitingCaller join(String id) {
    WaitingCaller caller = new WaitingCaller();
    caller.joined(engine.join(id, Freshness.ANY, TIMEOUT, caller));
    return caller;
  }
}
