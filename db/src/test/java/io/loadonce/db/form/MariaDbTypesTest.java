package io.loadonce.db.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.loadonce.db.MariaDb;
import io.loadonce.db.OneLookup;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The types of MariaDB, as {@link TypesPageTest} has those of the other databases. */
@Tag("slow")
final class MariaDbTypesTest {

  private static @Nullable MariaDb database;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    MariaDb.assumeInstalled();
    database = MariaDb.start(directory);
    TypeCases.of("MariaDB").create(database::execute);
    database.execute("CREATE TABLE flag (id INTEGER PRIMARY KEY, v BOOLEAN)");
    database.execute("INSERT INTO flag VALUES (1, 1), (2, 7), (3, 0)");
  }

  @AfterAll
  static void stop() {
    if (database != null) {
      database.close();
    }
  }

  @Test
  void page_tablesOfMariaDb_areWhatItReturns() throws Exception {
    TypesPage.assertHas(TypeCases.of("MariaDB"), LoadedRow.of(lookup(LoadedRow.query())));
  }

  @Test
  void load_inAnotherZone_hasTheSameBytes() throws Exception {
    Struct expected = LoadedRow.of(lookup(LoadedRow.query()));
    TimeZone zone = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));

      assertThat(LoadedRow.of(lookup(LoadedRow.query()))).isEqualTo(expected);
    } finally {
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void load_oneRowHasNoForm_failsAlone() throws Exception {
    try (var source = lookup("SELECT id, v FROM flag WHERE id IN (:ids)").open()) {
      var rows = source.query(List.of(Key.of("1"), Key.of("2"), Key.of("3"))).run();

      assertThat(rows.get(Key.of("1"))).isInstanceOf(SourceRow.Found.class);
      assertThat(rows.get(Key.of("3"))).isInstanceOf(SourceRow.Found.class);
      assertThat(rows.get(Key.of("2")))
          .isInstanceOfSatisfying(
              SourceRow.Unusable.class,
              row ->
                  assertThat(row.reason())
                      .hasMessageContaining("column v of type BOOLEAN has no JSON form")
                      .hasMessageEndingWith("write CAST(column AS INT) AS column in the query"));
    }
    try (var source =
        lookup("SELECT id, CAST(v AS INT) AS v FROM flag WHERE id IN (:ids)").open()) {
      assertThat(source.query(List.of(Key.of("2"))).run().get(Key.of("2")))
          .isInstanceOf(SourceRow.Found.class);
    }
  }

  private static OneLookup lookup(String query) {
    MariaDb running = Objects.requireNonNull(database);
    return new OneLookup(
        DatabaseSettings.of(running.url(), running.user(), ""), LookupSettings.of(query));
  }
}
