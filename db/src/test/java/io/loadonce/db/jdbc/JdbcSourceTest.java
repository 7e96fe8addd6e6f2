package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.OneLookup;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class JdbcSourceTest {

  private static final Key PARIS = Key.of("2988507");
  private static final Key BERLIN = Key.of("2950159");
  private static final Key NOWHERE = Key.of("-1");

  private final CountedDatabase database;

  JdbcSourceTest(TestDatabase kind) {
    database = kind.database();
    database.reset();
  }

  @Test
  void run_idsWithAndWithoutRows_asksOnce() throws SourceException {
    Map<Key, SourceRow<Row>> rows = run(database.settings(), PARIS, NOWHERE, BERLIN);

    assertThat(rows).containsOnlyKeys(PARIS, BERLIN);
    assertThat(name(rows, PARIS)).isEqualTo("Paris");
    assertThat(name(rows, BERLIN)).isEqualTo("Berlin");
    assertThat(database.queries()).isEqualTo(1);
    assertThat(database.loadsPerId())
        .isEqualTo(Map.of(PARIS.text(), 1L, NOWHERE.text(), 1L, BERLIN.text(), 1L));
  }

  @Test
  void run_manyIds_asksOnce() throws SourceException {
    Key[] ids =
        LongStream.range(-200, 0).mapToObj(id -> Key.of(Long.toString(id))).toArray(Key[]::new);
    ids[7] = PARIS;

    assertThat(run(database.settings(), ids)).containsOnlyKeys(PARIS);
    assertThat(database.queries()).isEqualTo(1);
    assertThat(database.loadsPerId()).hasSize(200);
  }

  @Test
  void run_manyAtOnceOnVirtualThreads_eachAsksOnce() throws Exception {
    try (var source = database.settings().open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Map<Key, SourceRow<Row>>> task = () -> source.query(List.of(PARIS)).run();
      List<Future<Map<Key, SourceRow<Row>>>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        all.add(threads.submit(task));
      }
      for (Future<Map<Key, SourceRow<Row>>> one : all) {
        assertThat(name(one.get(), PARIS)).isEqualTo("Paris");
      }
    }
    assertThat(database.loadsPerId()).isEqualTo(Map.of(PARIS.text(), 100L));
  }

  @Test
  void run_versionColumn_isTheVersion() throws SourceException {
    OneLookup settings = database.settings().withVersionColumn("population");

    assertThat(run(settings, PARIS).get(PARIS))
        .isInstanceOfSatisfying(
            SourceRow.Found.class, row -> assertThat(row.version()).isEqualTo(2138551));
  }

  @Test
  void run_versionColumnOfText_isInvalidRow() throws SourceException {
    OneLookup settings = database.settings().withVersionColumn("name");

    assertThat(reason(run(settings, PARIS), PARIS))
        .isInstanceOf(SourceException.InvalidRow.class)
        .hasMessageStartingWith("the version column is not an integer");
  }

  @Test
  void run_textKey_comparesByteByByte() throws Exception {
    OneLookup settings =
        database
            .settings(
                "SELECT name AS id, MIN(country) AS c FROM city WHERE name IN (:ids) GROUP BY name")
            .withKey("id", KeyType.TEXT);
    Key paris = KeyType.TEXT.parse("Paris");

    assertThat(
            run(
                settings,
                paris,
                KeyType.TEXT.parse("paris"),
                KeyType.TEXT.parse("Paris "),
                KeyType.TEXT.parse("' OR 1=1 --"),
                KeyType.TEXT.parse("$1?%00../${jndi:x}")))
        .containsOnlyKeys(paris);
  }

  @Test
  void run_uuidKeyInUpperCase_isTheSameKey() throws Exception {
    String uuid = "0b0f7a4e-93a5-4f0b-8d8c-0a1b2c3d4e5f";
    OneLookup settings =
        database
            .settings(
                "SELECT id, 1 AS one FROM (SELECT CAST('"
                    + uuid
                    + "' AS UUID) AS id) AS t WHERE id IN (:ids)")
            .withKey("id", KeyType.UUID);

    assertThat(run(settings, KeyType.UUID.parse(uuid.toUpperCase(java.util.Locale.ROOT))))
        .containsOnlyKeys(Key.of(uuid));
  }

  @Test
  void run_manyRowsForOneId_isInvalidRowForThatIdOnly() throws SourceException {
    String query =
        "SELECT c.id, name FROM city AS c"
            + " JOIN (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS t"
            + " ON n = 1 OR c.id = 2988507"
            + " WHERE c.id IN (:ids) ORDER BY c.id DESC";

    for (List<Key> ids : List.of(List.of(PARIS, BERLIN), List.of(PARIS, BERLIN, NOWHERE))) {
      Map<Key, SourceRow<Row>> rows = run(database.settings(query), ids.toArray(Key[]::new));

      assertThat(rows).containsOnlyKeys(PARIS, BERLIN);
      assertThat(reason(rows, PARIS)).hasMessage("the query returns two rows for one id");
      assertThat(name(rows, BERLIN)).isEqualTo("Berlin");
    }
    assertThat(reason(run(database.settings(query), PARIS), PARIS))
        .isInstanceOf(SourceException.InvalidRow.class);
  }

  @Test
  void run_rowTooLarge_isInvalidRowForThatIdOnly() throws SourceException {
    String query =
        "SELECT id, CASE WHEN id = 2988507 THEN REPEAT('x', 2000) ELSE name END AS name"
            + " FROM city WHERE id IN (:ids)";
    OneLookup settings = database.settings(query).withMaxRowBytes(1_000);

    Map<Key, SourceRow<Row>> rows = run(settings, PARIS, BERLIN);

    assertThat(reason(rows, PARIS))
        .isInstanceOf(SourceException.InvalidRow.class)
        .hasMessageMatching("the row has \\d+ bytes; at most 1000 are taken");
    assertThat(name(rows, BERLIN)).isEqualTo("Berlin");
  }

  @Test
  void run_oneRowPoisonsTheQuery_failsAlone() throws SourceException {
    String query = "SELECT id, name, 100 / (id - 2988507) AS x FROM city WHERE id IN (:ids)";

    Map<Key, SourceRow<Row>> rows = run(database.settings(query), BERLIN, PARIS, NOWHERE);

    assertThat(rows).containsOnlyKeys(PARIS, BERLIN);
    assertThat(reason(rows, PARIS)).isInstanceOf(SourceException.QueryFailed.class);
    assertThat(name(rows, BERLIN)).isEqualTo("Berlin");
    assertThat(database.queries()).isEqualTo(4);
  }

  @Test
  void run_subqueryOfOneRowHasSeveral_failsAlone() throws SourceException {
    String query =
        "SELECT id, name, (SELECT n FROM (VALUES (1), (2)) AS v (n)"
            + " WHERE id = 2988507 OR n = 1) AS x FROM city WHERE id IN (:ids)";

    Map<Key, SourceRow<Row>> rows = run(database.settings(query), BERLIN, PARIS);

    assertThat(reason(rows, PARIS)).isInstanceOf(SourceException.QueryFailed.class);
    assertThat(name(rows, BERLIN)).isEqualTo("Berlin");
  }

  @Test
  void run_rowOfAnotherKey_isInvalidRowAndNeverMissing() throws SourceException {
    String query =
        "SELECT CASE WHEN id = 2988507 THEN 7 ELSE id END AS id, name FROM city WHERE id IN (:ids)";

    Map<Key, SourceRow<Row>> rows = run(database.settings(query), PARIS, BERLIN);

    assertThat(reason(rows, PARIS)).hasMessageContaining("another key than the requested one");
    assertThat(name(rows, BERLIN)).isEqualTo("Berlin");
  }

  @Test
  void run_wrongSql_isQueryFailedWithoutSql() {
    assertThatThrownBy(
            () -> run(database.settings("SELECT nosuch FROM city WHERE id IN (:ids)"), PARIS))
        .isInstanceOf(SourceException.QueryFailed.class)
        .hasMessageMatching("the database rejected the query \\(SQLState 42\\w{3}\\)");
  }

  @Test
  void run_keyColumnNotInResult_isQueryFailed() {
    assertThatThrownBy(
            () -> run(database.settings("SELECT name FROM city WHERE id IN (:ids)"), PARIS))
        .isInstanceOf(SourceException.QueryFailed.class)
        .hasMessage("the query returns no column id, which is set as key or version column");
  }

  @Test
  void run_plantedFailure_isQueryFailedAndAskedOnce() {
    OneLookup settings = database.settings(database.failingQuery(Duration.ofMillis(10)));

    assertThatThrownBy(() -> run(settings, PARIS, BERLIN))
        .isInstanceOf(SourceException.QueryFailed.class)
        .hasMessageNotContaining("planted");
    assertThat(database.queries()).isEqualTo(1);
  }

  @Test
  void run_columnAddedMeanwhile_givesTheNewShape() throws SourceException {
    database.execute("CREATE TABLE shape (id BIGINT PRIMARY KEY)");
    database.execute("INSERT INTO shape VALUES (1)");
    Key one = Key.of("1");
    try (var source = database.settings("SELECT * FROM shape WHERE id IN (:ids)").open()) {
      for (int i = 0; i < 10; i++) {
        source.query(List.of(one)).run();
      }
      database.execute("ALTER TABLE shape ADD COLUMN extra INTEGER DEFAULT 5");

      assertThat(found(source.query(List.of(one)).run(), one).data().getFieldsMap())
          .containsOnlyKeys("id", "extra");
    } finally {
      database.execute("DROP TABLE shape");
    }
  }

  private static Map<Key, SourceRow<Row>> run(OneLookup settings, Key... ids)
      throws SourceException {
    try (var source = settings.withPoolSize(2).open()) {
      return source.query(Arrays.asList(ids)).run();
    }
  }

  private static String name(Map<Key, SourceRow<Row>> rows, Key id) {
    return found(rows, id).data().getFieldsOrThrow("name").getStringValue();
  }

  private static Row found(Map<Key, SourceRow<Row>> rows, Key id) {
    return switch (rows.get(id)) {
      case SourceRow.Found<Row>(Row row, long _, long _) -> row;
      case SourceRow.Unusable<Row> unusable -> throw new AssertionError(unusable);
      case SourceRow.NotRead<Row> notRead -> throw new AssertionError(notRead);
      case null -> throw new AssertionError("no row");
    };
  }

  private static SourceException reason(Map<Key, SourceRow<Row>> rows, Key id) {
    return switch (rows.get(id)) {
      case SourceRow.Unusable<Row>(SourceException reason) -> reason;
      case SourceRow.NotRead<Row> notRead -> throw new AssertionError(notRead);
      case SourceRow.Found<Row> found -> throw new AssertionError(found);
      case null -> throw new AssertionError("no row");
    };
  }
}
