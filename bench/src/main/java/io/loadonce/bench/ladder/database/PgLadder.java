package io.loadonce.bench.ladder.database;

import io.loadonce.db.source.Source;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** Counts with sequences, which a rollback does not undo; the gate is an advisory lock. */
final class PgLadder extends LadderDatabase {
  private static final String CREATE =
      """
      CREATE SCHEMA {schema};
      CREATE TABLE {schema}.city (
        id BIGINT PRIMARY KEY, name TEXT, country TEXT, admin_code TEXT, feature_code TEXT,
        population INTEGER, longitude DOUBLE PRECISION, latitude DOUBLE PRECISION);
      CREATE SEQUENCE {schema}.queries;
      CREATE SEQUENCE {schema}.rows_read;
      CREATE FUNCTION {schema}.begun(seconds DOUBLE PRECISION, fails BOOLEAN) RETURNS BOOLEAN
      LANGUAGE plpgsql AS $$ BEGIN
        PERFORM nextval('{schema}.queries'), pg_sleep(seconds);
        IF fails THEN RAISE EXCEPTION 'planted failure'; END IF;
        RETURN TRUE;
      END $$;
      CREATE FUNCTION {schema}.row_read(version BIGINT) RETURNS BIGINT
      LANGUAGE plpgsql AS $$ BEGIN
        PERFORM nextval('{schema}.rows_read');
        RETURN version;
      END $$;
      CREATE FUNCTION {schema}.held_row_read(version BIGINT) RETURNS BIGINT
      LANGUAGE plpgsql AS $$ BEGIN
        IF version = 1 THEN PERFORM pg_advisory_xact_lock_shared({gate}, 0); END IF;
        RETURN {schema}.row_read(version);
      END $$;
      """;

  private final @Nullable EmbeddedPostgres server;
  private final int gate;

  private PgLadder(Access access, String schema, @Nullable EmbeddedPostgres server)
      throws SQLException, IOException {
    super(access, schema);
    this.server = server;
    this.gate = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    execute(CREATE.replace("{schema}", schema).replace("{gate}", Integer.toString(gate)));
    try (InputStream cities = Source.class.getResourceAsStream("/io/loadonce/db/cities.csv")) {
      var _ =
          admin()
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn(
                  "COPY " + schema + ".city FROM STDIN (FORMAT csv, HEADER)",
                  Objects.requireNonNull(cities));
    }
    execute("ALTER TABLE " + schema + ".city ADD version BIGINT NOT NULL DEFAULT 1");
    execute("ANALYZE " + schema + ".city");
  }

  /** A PostgreSQL of our own, which takes seconds to start and ends with {@link #close}. */
  static LadderDatabase embedded(String schema) throws SQLException, IOException {
    EmbeddedPostgres server = EmbeddedPostgres.start();
    String url = server.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
    return new PgLadder(new Access(url, "postgres", ""), schema, server);
  }

  /** A running PostgreSQL, whose user may create a schema. */
  static LadderDatabase at(Access access, String schema) throws SQLException, IOException {
    return new PgLadder(access, schema, /* server= */ null);
  }

  @Override
  long queries() {
    return last("queries");
  }

  @Override
  long rowsRead() {
    return last("rows_read");
  }

  @Override
  public void closeGate() {
    execute("SELECT pg_advisory_lock(" + gate + ", 0)");
  }

  @Override
  public void openGate() {
    execute("SELECT pg_advisory_unlock(" + gate + ", 0)");
  }

  @Override
  public long atGate() {
    return number(
        "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = "
            + gate);
  }

  /** A sub-select that depends on no row is run once, before any row is read. */
  @Override
  String beginning(Duration time, boolean fails) {
    return "AND (SELECT %s.begun(%s, %s))".formatted(schema(), time.toMillis() / 1e3, fails);
  }

  @Override
  String versionRead(boolean gated) {
    return schema() + (gated ? ".held_row_read(version)" : ".row_read(version)");
  }

  @Override
  String queryUrl(String url) {
    return url + (url.contains("?") ? "&" : "?") + "readOnlyMode=ignore";
  }

  @Override
  void release() throws SQLException {
    if (server == null) {
      return;
    }
    try {
      server.close();
    } catch (IOException e) {
      throw new SQLException("PostgreSQL does not stop", e);
    }
  }

  private long last(String sequence) {
    return number(
        "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM "
            + (schema() + "." + sequence));
  }
}
