package io.loadonce.db.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.loadonce.db.CountedDatabase;
import io.loadonce.db.OneLookup;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.jdbc.DatabaseSettings;
import java.io.IOException;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code docs/types.md} says what the real databases return, and is written with {@code
 * -Ddocs=write}. Each value has the same bytes at every load, alone and in a batch, in every
 * session.
 */
@Tag("slow")
final class TypesPageTest {

  private static final CountedDatabase POSTGRESQL = TestDatabase.POSTGRESQL.database();
  private static final CountedDatabase H2 = TestDatabase.H2.database();

  private static final List<String> TYPES_OF_POSTGRESQL =
      List.of(
          "CREATE EXTENSION IF NOT EXISTS citext",
          "CREATE EXTENSION IF NOT EXISTS hstore",
          "CREATE TYPE mood AS ENUM ('fine', 'so so')",
          "CREATE TYPE address AS (street text, number integer, since timestamptz)",
          "CREATE TYPE floatrange AS RANGE (subtype = double precision)",
          "CREATE TYPE visitrange AS RANGE (subtype = timestamptz)",
          "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
          "CREATE DOMAIN price AS numeric(9,2)",
          "CREATE ROLE other_settings LOGIN IN ROLE pg_read_all_data",
          "ALTER ROLE other_settings SET bytea_output = 'escape'",
          "ALTER ROLE other_settings SET extra_float_digits = -5",
          "ALTER ROLE other_settings SET datestyle = 'German'",
          "ALTER ROLE other_settings SET intervalstyle = 'sql_standard'");

  @BeforeAll
  static void createTables() throws IOException {
    TYPES_OF_POSTGRESQL.forEach(POSTGRESQL::execute);
    TypeCases.of("PostgreSQL").create(POSTGRESQL::execute);
    TypeCases.of("H2").create(H2::execute);
  }

  @Test
  void page_tablesOfPostgresql_areWhatItReturns() throws Exception {
    TypesPage.assertHas(TypeCases.of("PostgreSQL"), LoadedRow.of(lookup(POSTGRESQL)));
  }

  @Test
  void page_tablesOfH2_areWhatItReturns() throws Exception {
    TypesPage.assertHas(TypeCases.of("H2"), LoadedRow.of(lookup(H2)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prepareThreshold=1",
        "prepareThreshold=-1",
        "prepareThreshold=0",
        "binaryTransfer=false"
      })
  void load_otherTransfer_hasTheSameBytes(String parameter) throws Exception {
    Struct expected = LoadedRow.of(lookup(POSTGRESQL));

    OneLookup other = lookup(POSTGRESQL).withUrl(POSTGRESQL.url() + "?" + parameter);

    assertThat(LoadedRow.of(other)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "other_settings"})
  void load_otherSessionInAnotherZone_hasTheSameBytes(String user) throws Exception {
    Struct expected = LoadedRow.of(lookup(POSTGRESQL));
    OneLookup other =
        new OneLookup(DatabaseSettings.of(POSTGRESQL.url(), user, ""), lookup(POSTGRESQL).lookup());
    TimeZone zone = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("America/Caracas"));

      assertThat(LoadedRow.of(other)).isEqualTo(expected);
    } finally {
      TimeZone.setDefault(zone);
    }
  }

  private static OneLookup lookup(CountedDatabase database) {
    return database.settings(LoadedRow.query());
  }
}
