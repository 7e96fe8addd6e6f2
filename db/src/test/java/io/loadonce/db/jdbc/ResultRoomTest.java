package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.OneLookup;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A result that is too large for memory is given up, and its ids are queried in smaller queries.
 */
@Tag("slow")
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ResultRoomTest {

  private static final long MAX_BYTES = DatabaseSettings.MIN_QUERY_BYTES;
  private static final LookupSettings CITIES =
      LookupSettings.of("SELECT id FROM c WHERE id IN (:ids)");

  private final CountedDatabase database;
  private final List<Key> ids;

  ResultRoomTest(TestDatabase kind) throws Exception {
    database = kind.database();
    database.reset();
    ids =
        List.of(
                "2988507", "2950159", "2643743", "3117735", "3169070", "2761369", "2267057",
                "2618425", "2673730", "658225", "3143244", "2657896", "264371", "756135")
            .stream()
            .map(Key::of)
            .toList();
  }

  @Test
  void run_resultIsTooLarge_idsAreQueriedAgainInSmallerQueries() throws Exception {
    OneLookup large =
        database
            .settings("SELECT id, REPEAT('x', 20000) AS body FROM city WHERE id IN (:ids)")
            .withMaxQueryBytes(MAX_BYTES);
    try (OneLookup.Open<Row> source = large.open()) {
      List<Key> open = new ArrayList<>(ids);
      int rounds = 0;
      while (!open.isEmpty()) {
        Map<Key, SourceRow<Row>> rows = source.query(open).run();
        open.removeIf(id -> rows.get(id) instanceof SourceRow.Found<Row>);
        assertThat(rows.values().stream().filter(row -> row instanceof SourceRow.Found<Row>))
            .hasSizeLessThanOrEqualTo(3);
        rounds++;
        assertThat(rounds).isLessThan(30);
      }

      assertThat(rounds).as("queries, of which the first was too large").isGreaterThan(4);
    }
  }

  @Test
  void run_resultHasRoom_isOneQuery() throws Exception {
    OneLookup small =
        database
            .settings("SELECT id, REPEAT('x', 1000) AS body FROM city WHERE id IN (:ids)")
            .withMaxQueryBytes(MAX_BYTES);
    try (OneLookup.Open<Row> source = small.open()) {
      assertThat(source.query(ids).run().values())
          .hasSize(ids.size())
          .allSatisfy(row -> assertThat(row).isInstanceOf(SourceRow.Found.class));
    }
  }

  @Test
  void run_oneIdIsTooLarge_isThatIdsFault() throws Exception {
    OneLookup huge =
        database
            .settings("SELECT id, REPEAT('x', 2000000) AS body FROM city WHERE id IN (:ids)")
            .withMaxQueryBytes(MAX_BYTES);
    try (OneLookup.Open<Row> source = huge.open()) {
      for (int i = 0; i < 3; i++) {
        assertThat(source.query(ids.subList(0, 1)).run().get(ids.getFirst()))
            .isInstanceOfSatisfying(
                SourceRow.Unusable.class,
                row -> assertThat(row.reason()).isInstanceOf(SourceException.InvalidRow.class));
      }
    }
  }

  @Test
  void ids_resultsGetLargerAndSmaller_followThem() {
    ResultRoom room = new ResultRoom(CITIES, 1 << 20);
    assertThat(room.ids()).isEqualTo(256);

    room.overflowed(256);
    assertThat(room.ids()).isEqualTo(32);
    room.read(32, 32 * 100_000);
    assertThat(room.ids()).as("half of the room").isEqualTo(5);
    room.read(5, 5 * 100);
    assertThat(room.ids()).as("twice as many").isEqualTo(10);
    room.read(2, 2 * 100);
    assertThat(room.ids()).as("not asked for as many").isEqualTo(10);
  }

  @Test
  void ids_listsOfUnknownLength_beginWithFew() {
    ResultRoom room = new ResultRoom(CITIES.withLists(1_000), 4 << 20);

    assertThat(room.ids()).isEqualTo(16);
  }
}
