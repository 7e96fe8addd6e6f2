package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Value;
import io.loadonce.db.CountedDatabase;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.form.Row;
import io.loadonce.db.form.RowForm;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DatabaseTest {

  /** A form that keeps only the name, the second column. */
  private static final RowForm<String> NAME = (_, _) -> new NameEncoder();

  private static final class NameEncoder implements RowForm.Encoder<String> {
    @Override
    public ByteString encode(Value[] values) {
      return values[1].getStringValueBytes();
    }

    @Override
    public String one(Key id, long version, ByteString row) {
      return row.toStringUtf8();
    }

    @Override
    public String many(Key id, long version, List<ByteString> rows) {
      throw new AssertionError("not a list");
    }
  }

  @Test
  void source_twoForms_shareThePool() throws Exception {
    Key paris = KeyType.BIGINT.parse("2988507");
    try (Database database = Database.open(EmbeddedCities.DATABASE)) {
      var names = database.source(EmbeddedCities.LOOKUP, NAME);
      var ids = database.source(EmbeddedCities.LOOKUP, StructForm.ofOne(Row::id));

      assertThat(names.query(List.of(paris)).run())
          .containsEntry(paris, new SourceRow.Found<>("Paris", 0));
      assertThat(ids.query(List.of(paris)).run())
          .containsEntry(paris, new SourceRow.Found<>(paris, 0));
      assertThat(names.connections()).isEqualTo(8);
      assertThat(database.isReachable()).isTrue();
    }
  }

  /** The password was changed in the database, and not yet in the file. */
  @Test
  void probe_newLoginsAreRefused_succeedsWhileThePoolWorks() {
    CountedDatabase postgres = TestDatabase.POSTGRESQL.database();
    postgres.execute("CREATE ROLE leaving LOGIN");
    try (Database database =
        Database.open(DatabaseSettings.of(postgres.url(), "leaving", /* password= */ ""))) {
      assertThat(database.isReachable()).isTrue();
      postgres.execute("ALTER ROLE leaving NOLOGIN");
      assertThat(database.probe()).isTrue();
      postgres.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'leaving'");
      assertThat(database.probe()).isFalse();
    }
  }

  @Test
  void availability_loadEnds_followsTheLastLoad() {
    try (Database database = Database.open(EmbeddedCities.DATABASE)) {
      var availability = database.availability();
      assertThat(availability.isUnreachable()).isFalse();

      availability.ended(new SourceException.Unavailable("down", /* cause= */ null));
      assertThat(availability.isUnreachable()).isTrue();

      availability.ended(new SourceException.QueryFailed("rejected", /* cause= */ null));
      assertThat(availability.isUnreachable()).isFalse();
    }
  }
}
