package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.server.cache.Entry;
import io.loadonce.server.load.HotIds.Hot;
import io.loadonce.server.load.IdHistory.Cause;
import io.loadonce.server.load.IdHistory.Miss;
import io.loadonce.server.load.IdHistory.Missed;
import io.loadonce.server.load.LoadStatistics.Failure;
import io.loadonce.server.load.LoadStatistics.Stage;
import io.loadonce.server.load.LookupCounts.Ending;
import io.loadonce.server.load.Outcome.Cap;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.load.Outcome.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the metrics and the dashboard show of a lookup. */
class LoadStatisticsTest {

  /** A lookup at this moment is a sample. */
  private static final long SAMPLED = 0;

  /** A lookup at this moment is none. */
  private static final long NOT_SAMPLED = 1;

  private static final Found<String> ROW = new Found<>("row", 7, Origin.MEMORY, /* ageNanos= */ 50);

  private final AtomicLong now = new AtomicLong();
  private final LoadStatistics<String> statistics = new LoadStatistics<>(now::get);

  @Test
  void hit_momentIsSampled_countsForAllHitsBetweenTwoSamples() {
    statistics.hit("a", ROW, SAMPLED);

    assertThat(statistics.counts().count(Ending.MEMORY)).isOne();
    assertThat(statistics.hotByCalls().top(10))
        .containsExactly(new Hot<>("a", LoadStatistics.HITS_PER_SAMPLE));
    assertThat(statistics.ages().snapshot().count()).isOne();
    assertThat(statistics.ages().snapshot().sum()).isEqualTo(50);
  }

  @Test
  void hit_momentIsNotSampled_isOnlyCounted() {
    statistics.hit("a", ROW, NOT_SAMPLED);

    assertThat(statistics.counts().count(Ending.MEMORY)).isOne();
    assertThat(statistics.hotByCalls().top(10)).isEmpty();
    assertThat(statistics.ages().snapshot().count()).isZero();
  }

  @Test
  void hit_cachedNotFound_isNoAgeOfARow() {
    statistics.hit("a", new Missing<>(Origin.MEMORY, /* ageNanos= */ 50), SAMPLED);

    assertThat(statistics.hotByCalls().top(10)).hasSize(1);
    assertThat(statistics.ages().snapshot().count()).isZero();
  }

  @Test
  void takeHit_severalHitsSinceTheLastCall_returnsTheFirstOnce() {
    statistics.hit("before the first call", ROW, NOT_SAMPLED);
    assertThat(statistics.takeHit()).isNull();

    statistics.hit("a", ROW, NOT_SAMPLED);
    statistics.hit("b", ROW, NOT_SAMPLED);

    assertThat(statistics.takeHit()).isEqualTo("a");
    assertThat(statistics.takeHit()).isNull();
  }

  /** The auditor compares fresh rows only, and another id must not take their turn. */
  @Test
  void takeHit_notFoundOrStaleBeforeAFreshRow_returnsTheFreshRow() {
    assertThat(statistics.takeHit()).isNull();

    statistics.hit("a", new Missing<>(Origin.MEMORY, /* ageNanos= */ 50), NOT_SAMPLED);
    statistics.hit("b", new Found<>("b", 0, Origin.STALE, /* ageNanos= */ 50), NOT_SAMPLED);
    statistics.hit("c", ROW, NOT_SAMPLED);

    assertThat(statistics.takeHit()).isEqualTo("c");
  }

  /** At the moment 100. */
  static Stream<Arguments> misses() {
    Entry<String> row = row(/* freshUntilNanos= */ 101);
    Entry<String> notFound = new Entry.NotFound<>(/* readNanos= */ 40, /* freshUntilNanos= */ 101);
    return Stream.of(
        arguments(null, Freshness.ANY, Miss.NOT_CACHED_BEFORE, null),
        arguments(row(/* freshUntilNanos= */ 100), Freshness.ANY, Miss.EXPIRED, 100L),
        arguments(row, ofAge(59), Miss.TOO_OLD_FOR_CALLER, null),
        arguments(row, ofAge(60), Miss.DISCONNECTED, null),
        arguments(row, Freshness.ofVersion(8), Miss.VERSION_TOO_LOW, null),
        arguments(row, Freshness.ofVersion(7), Miss.DISCONNECTED, null),
        arguments(notFound, Freshness.ofVersion(7), Miss.VERSION_TOO_LOW, null),
        arguments(notFound, Freshness.ANY, Miss.DISCONNECTED, null));
  }

  @ParameterizedTest
  @MethodSource("misses")
  void missed_anyEntry_reasonIsCountedAndKeptForTheId(
      @Nullable Entry<String> entry, Freshness needed, Miss why, @Nullable Long causeNanos) {
    statistics.missed("a", entry, needed, /* nowNanos= */ 100);

    assertThat(Stream.of(Miss.values()).filter(each -> statistics.misses(each) > 0))
        .containsExactly(why);
    assertThat(statistics.misses(why)).isOne();
    assertThat(statistics.misses()).isOne();
    assertThat(statistics.history().lastMiss("a"))
        .isEqualTo(
            new Missed(
                "a".hashCode(),
                why,
                /* atNanos= */ 100,
                causeNanos == null ? null : new Cause(causeNanos, /* ofEverything= */ false)));
  }

  @Test
  void missed_momentIsSampled_countsForAllMissesBetweenTwoSamples() {
    statistics.missed("a", /* entry= */ null, Freshness.ANY, NOT_SAMPLED);
    assertThat(statistics.hotByCalls().top(10)).isEmpty();

    statistics.missed("a", /* entry= */ null, Freshness.ANY, SAMPLED);

    assertThat(statistics.hotByCalls().top(10))
        .containsExactly(new Hot<>("a", LoadStatistics.HITS_PER_SAMPLE));
    assertThat(statistics.misses()).isEqualTo(2);
  }

  @Test
  void answered_withARow_measuresTheWait() {
    now.set(100);
    Found<String> loaded = new Found<>("row", 7, Origin.LOADED, /* ageNanos= */ 0);

    assertThat(statistics.answered(loaded, /* beganNanos= */ 30)).isEqualTo(70);

    assertThat(statistics.counts().count(Ending.LOADED)).isOne();
    assertThat(statistics.waits().snapshot().count()).isOne();
    assertThat(statistics.waits().snapshot().sum()).isEqualTo(70);
  }

  @ParameterizedTest
  @EnumSource
  void answered_loadHasFailed_reasonIsCounted(Failure reason) {
    statistics.answered(new Failed<>(exception(reason)), /* beganNanos= */ 0);

    assertThat(Stream.of(Failure.values()).filter(each -> statistics.failures(each) > 0))
        .containsExactly(reason);
    assertThat(statistics.failures(reason)).isOne();
    assertThat(statistics.counts().count(Ending.FAILED)).isOne();
  }

  @ParameterizedTest
  @EnumSource
  void answered_callIsRefused_capIsCounted(Cap cap) {
    statistics.answered(new Refused<>(cap, /* retryNanos= */ 1), /* beganNanos= */ 0);

    assertThat(Stream.of(Cap.values()).filter(each -> statistics.refusals(each) > 0))
        .containsExactly(cap);
    assertThat(statistics.refusals(cap)).isOne();
    assertThat(statistics.counts().count(Ending.REFUSED)).isOne();
  }

  @Test
  void left_beforeOrAtTheDeadline_measuresTheWait() {
    now.set(100);

    statistics.left(/* beganNanos= */ 30, /* deadlineNanos= */ 101);
    assertThat(statistics.counts().count(Ending.CANCELLED)).isOne();
    statistics.left(/* beganNanos= */ 40, /* deadlineNanos= */ 100);

    assertThat(statistics.counts().count(Ending.CANCELLED)).isOne();
    assertThat(statistics.counts().count(Ending.TIMED_OUT)).isOne();
    assertThat(statistics.waits().snapshot().sum()).isEqualTo(70 + 60);
  }

  @Test
  void flightEnded_severalCallersWaited_idIsHotByWaiters() {
    statistics.flightEnded("for nobody", 0);
    statistics.flightEnded("for one", 1);
    statistics.flightEnded("for two", 2);

    assertThat(statistics.hotByWaiters().top(10)).containsExactly(new Hot<>("for two", 2));
  }

  @Test
  void queryBegins_idWasQueued_measuresThatTime() {
    statistics.queryBegins("a", /* nanos= */ 30);

    assertThat(statistics.stage(Stage.QUEUE).snapshot().sum()).isEqualTo(30);
    assertThat(statistics.hotByLoads().top(10)).containsExactly(new Hot<>("a", 1));
  }

  @Test
  void queryEnded_partsOfItsTimeAreKnown_measuresEach() {
    statistics.queryEnded(
        /* ids= */ 5,
        new SourceQuery.Times(
            /* connectionNanos= */ 10, /* queryNanos= */ 20, /* rowsNanos= */ 30));

    assertThat(statistics.queryIds().snapshot().sum()).isEqualTo(5);
    assertThat(statistics.stage(Stage.QUEUE).snapshot().count()).isZero();
    assertThat(statistics.stage(Stage.CONNECTION).snapshot().sum()).isEqualTo(10);
    assertThat(statistics.stage(Stage.QUERY).snapshot().sum()).isEqualTo(20);
    assertThat(statistics.stage(Stage.ROWS).snapshot().sum()).isEqualTo(30);
  }

  @Test
  void onLoad_loadEnds_listenerGetsIt() {
    List<EndedLoad<String>> ended = new ArrayList<>();
    EndedLoad<String> load = new EndedLoad<>("a", 1, 2, 3, 4, new SourceQuery.Times(5, 6, 7));
    statistics.loadEnded(load);
    statistics.onLoad(ended::add);

    statistics.loadEnded(load);

    assertThat(ended).containsExactly(load);
  }

  private static Entry<String> row(long freshUntilNanos) {
    return new Entry.Row<>(
        "row", /* version= */ 7, /* readNanos= */ 40, /* refreshDueNanos= */ 90, freshUntilNanos);
  }

  private static Freshness ofAge(long maxAgeNanos) {
    return new Freshness(Freshness.ANY_VERSION, maxAgeNanos);
  }

  private static SourceException exception(Failure reason) {
    return switch (reason) {
      case DATABASE_UNAVAILABLE -> new SourceException.Unavailable("planted", /* cause= */ null);
      case QUERY_FAILED -> new SourceException.QueryFailed("planted", /* cause= */ null);
      case INVALID_ROW -> new SourceException.InvalidRow("planted");
    };
  }
}
