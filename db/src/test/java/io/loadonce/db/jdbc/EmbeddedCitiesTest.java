package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.loadonce.db.OneLookup;
import io.loadonce.db.form.Row;
import io.loadonce.db.form.RowList;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.source.SourceRow;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EmbeddedCitiesTest {

  @Test
  void create_twice_fillsOnce() throws SQLException {
    EmbeddedCities.create();
    EmbeddedCities.create();

    try (Connection connection =
            DriverManager.getConnection(
                EmbeddedCities.DATABASE.url(), EmbeddedCities.DATABASE.user(), "");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM city")) {
      result.next();
      assertThat(result.getLong(1)).isEqualTo(24_323);
    }
  }

  @Test
  void open_defaults_findsParis() throws Exception {
    Key paris = KeyType.BIGINT.parse("2988507");
    try (var source = new OneLookup(EmbeddedCities.DATABASE, EmbeddedCities.LOOKUP).open()) {
      Map<Key, SourceRow<Row>> rows = source.query(List.of(paris)).run();

      assertThat(rows)
          .isEqualTo(Map.of(paris, new SourceRow.Found<>(new Row(paris, 0, parisData()), 0)));
    }
  }

  /** The country with most cities fits into the limits of its lookup. */
  @Test
  void open_ofCountry_findsTheLargestCountryInItsOrder() throws Exception {
    Key country = KeyType.TEXT.parse("US");
    try (var source =
        new OneLookup(EmbeddedCities.DATABASE, EmbeddedCities.OF_COUNTRY).openLists()) {
      Map<Key, SourceRow<RowList>> rows = source.query(List.of(country)).run();

      if (!(rows.get(country) instanceof SourceRow.Found<RowList> found)) {
        throw new AssertionError("found " + rows);
      }
      List<ByteString> cities = found.value().encodedRows();
      assertThat(cities).hasSize(3_246);
      assertThat(Struct.parseFrom(cities.getFirst()).getFieldsOrThrow("name"))
          .isEqualTo(text("New York City"));
    }
  }

  private static Struct parisData() {
    return Struct.newBuilder()
        .putFields("id", text("2988507"))
        .putFields("name", text("Paris"))
        .putFields("country", text("FR"))
        .putFields("admin_code", text("11"))
        .putFields("feature_code", text("PPLC"))
        .putFields("population", number(2138551))
        .putFields("longitude", number(2.3488))
        .putFields("latitude", number(48.85341))
        .build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static Value number(double number) {
    return Value.newBuilder().setNumberValue(number).build();
  }
}
