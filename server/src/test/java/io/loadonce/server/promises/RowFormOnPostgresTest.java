package io.loadonce.server.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same row is the same answer, however often its connection has run the query. */
@Tag("slow")
class RowFormOnPostgresTest {
  private static final Key PARIS = Key.of(2988507);
  private static final Key BERLIN = Key.of(2950159);

  /** The driver receives some types in binary from the sixth load of a connection. */
  private static final int LOADS = 8;

  @Test
  void load_eightTimesOverOneConnection_hasOneForm() throws Exception {
    try (CountedDatabase database = CountedDatabase.postgres()) {
      Set<String> smallNumbers = forms(database, "CAST(0.0000001 AS numeric)");
      assertThat(smallNumbers).hasSize(1);
      Set<String> endsOfDay = forms(database, "CAST('24:00+02' AS time with time zone)");
      assertThat(endsOfDay).hasSize(1);
      Set<String> points = forms(database, "CAST('(1,1e20)' AS point)");
      assertThat(points).hasSize(1);
    }
  }

  private static Set<String> forms(CountedDatabase database, String value) throws Exception {
    Set<String> forms = new HashSet<>();
    String query = "SELECT id, " + value + " AS v FROM city WHERE id IN (:ids)";
    try (var source = database.settings(query).withPoolSize(1).open()) {
      for (int i = 0; i < LOADS; i++) {
        for (SourceRow<Row> row : source.query(List.of(PARIS, BERLIN)).run().values()) {
          forms.add(form(row));
        }
        source.query(List.of(PARIS)).run().values().forEach(row -> forms.add(form(row)));
      }
    }
    return forms;
  }

  private static String form(SourceRow<Row> row) {
    return switch (row) {
      case SourceRow.Found<Row>(Row found, long _, long _) ->
          found.data().getFieldsOrThrow("v").toString();
      case SourceRow.Unusable<Row>(SourceException reason) -> reason.toString();
      case SourceRow.NotRead<Row> notRead -> throw new AssertionError(notRead);
    };
  }
}
