package io.loadonce.bench.ladder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.bench.contenders.Answer;
import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.bench.contenders.CaffeineGet;
import io.loadonce.bench.contenders.Contender;
import io.loadonce.bench.contenders.NoLock;
import io.loadonce.bench.contenders.Ours;
import io.loadonce.bench.ladder.Measured.Herd;
import io.loadonce.bench.ladder.Measured.Staleness;
import io.loadonce.bench.ladder.database.LadderDatabase;
import io.loadonce.bench.ladder.database.LadderDatabase.Counts;
import io.loadonce.db.OneLookup;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** The scenes on real databases: what ours owes, and what they must show of others. */
@Tag("slow")
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class ScenesTest {
  private static final int CALLERS = 500;
  private static final Key PARIS = Key.of("2988507");
  private static final Step OURS = Step.herd("ours", Ours::new);
  private static final Step NO_LOCK = Step.herd("no lock", NoLock::new);
  private static final Step CAFFEINE = Step.herd("Caffeine", CaffeineGet::new);

  private final LadderDatabase database;

  ScenesTest(DatabaseKind kind) {
    database = kind.database();
  }

  @ParameterizedTest
  @FieldSource("io.loadonce.bench.ladder.Step#LADDER")
  void get_paris_isLoadedThenAHitThenLoadedAgain(Step step) throws Exception {
    try (OneLookup.Open<Row> source = slow(Duration.ZERO);
        Contender contender = step.contender().apply(source)) {
      Counts before = database.counts();
      Answer first = contender.get(PARIS);
      assertThat(first.way()).isEqualTo(Way.QUERIED);
      assertThat(first.row().id()).isEqualTo(PARIS);
      assertThat(first.row().data().getFieldsOrThrow("name").getStringValue()).isEqualTo("Paris");
      assertThat(contender.get(PARIS)).isEqualTo(new Answer(first.row(), Way.MEMORY));
      assertThat(database.counts().since(before).queries()).isOne();

      contender.invalidate(PARIS);
      assertThat(contender.get(PARIS).way()).isEqualTo(Way.QUERIED);
      assertThat(database.counts().since(before).queries()).isEqualTo(2);
    }
  }

  @Test
  void coldHerd_ours_oneQuery() throws Exception {
    try (OneLookup.Open<Row> source = slow(Duration.ofMillis(5))) {
      Herd herd = new HerdScene(database, source).run(OURS, callersOf(PARIS));
      assertThat(herd.counts().queries()).isOne();
      assertThat(herd.counts().rowsRead()).isOne();
      assertThat(herd.crowd().answered()).isEqualTo(CALLERS);
      assertThat(herd.crowd().failure()).isNull();
    }
  }

  @Test
  void coldHerd_plantedSecondQuery_showsTwo() throws Exception {
    try (OneLookup.Open<Row> source = slow(Duration.ZERO)) {
      Herd herd = new HerdScene(database, source).run(TwoQueries.STEP, List.of(PARIS));
      assertThat(herd.counts().queries()).isEqualTo(2);
      assertThat(herd.counts().rowsRead()).isEqualTo(2);
    }
  }

  @Test
  void manyIds_ours_eachRowIsReadOnce() throws Exception {
    List<Key> calls = new ArrayList<>();
    database.cities(200).forEach(id -> calls.addAll(Collections.nCopies(50, id)));
    Collections.shuffle(calls);
    try (OneLookup.Open<Row> source = slow(Duration.ofMillis(5))) {
      Herd herd = new HerdScene(database, source).run(OURS, calls);
      assertThat(herd.counts().rowsRead()).isEqualTo(200);
      assertThat(herd.counts().queries()).isBetween(1L, 200L);
      assertThat(herd.crowd().answered()).isEqualTo(10_000);
      assertThat(herd.crowd().failure()).isNull();
    }
  }

  @Test
  void failingLoad_ours_oneQueryFailsAll() throws Exception {
    try (OneLookup.Open<Row> source =
        open(database.slow(Duration.ofMillis(300), /* fails= */ true))) {
      Herd herd = new HerdScene(database, source).run(OURS, callersOf(PARIS));
      assertThat(herd.counts().queries()).isOne();
      assertThat(herd.crowd().answered()).isEqualTo(CALLERS);
      assertThat(herd.crowd().failure()).isNotNull();
    }
  }

  @Test
  void failingLoad_noLock_isStoppedAndReported() throws Exception {
    try (OneLookup.Open<Row> source =
        open(database.slow(Duration.ofSeconds(1), /* fails= */ true))) {
      Herd herd = new HerdScene(database, source).run(NO_LOCK, callersOf(PARIS));
      assertThat(herd.crowd().isCut()).isTrue();
      assertThat(herd.counts().queries()).isLessThan(CALLERS / 2);
    }
  }

  @Test
  void change_ours_noStaleRead() throws Exception {
    assertThat(change(OURS).stale()).isZero();
  }

  @Test
  void change_noLock_allReadsAfterTheLoadAreStale() throws Exception {
    Staleness shown = change(NO_LOCK);
    assertThat(shown.stale()).isEqualTo(shown.reads() - 1);
  }

  @Test
  void change_caffeine_invalidationWaitsForTheLoad() throws Exception {
    Staleness shown = change(CAFFEINE);
    assertThat(shown.stale()).isZero();
    assertThat(shown.invalidation()).isGreaterThan(Duration.ofMillis(150));
  }

  @Test
  void change_machineIsSlow_isPlayedAgain() throws Exception {
    assertThat(change(Late.step(/* plays= */ StaleScene.MOST_PLAYS - 1)).stale()).isZero();
  }

  @Test
  void change_machineIsSlowEachTime_hasNoNumbers() {
    assertThatThrownBy(() -> change(Late.step(StaleScene.MOST_PLAYS)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the order was not kept");
  }

  @Test
  void table_plantedSecondQuery_showsTheCountOfTheDatabase() throws Exception {
    LadderPlan plan = new LadderPlan(1, 1, 1, Duration.ZERO, 1);
    try (Ladder ladder = new Ladder(database, plan)) {
      String table = LadderTable.of(List.of(ladder.measure(TwoQueries.STEP)));
      assertThat(table)
          .containsPattern("planted: two queries +\\| +2 \\| +0 \\| .* 2 \\| +2\\.000");
    }
  }

  private Staleness change(Step step) throws Exception {
    try (OneLookup.Open<Row> source = open(database.gated())) {
      return new StaleScene(database, source).run(step, List.of(PARIS));
    }
  }

  private OneLookup.Open<Row> slow(Duration time) {
    return open(database.slow(time, /* fails= */ false));
  }

  private OneLookup.Open<Row> open(LookupSettings lookup) {
    return new OneLookup(database.settings(), lookup).open();
  }

  private static List<Key> callersOf(Key id) {
    return Collections.nCopies(CALLERS, id);
  }
}
