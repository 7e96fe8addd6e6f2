package io.loadonce.bench.ladder.database;

import java.sql.SQLException;
import java.time.Duration;

/** H2 counts in functions of this process, which its statements call. */
final class H2Ladder extends LadderDatabase {
  private static final String CREATE =
      """
      CREATE SCHEMA {schema};
      CREATE TABLE {schema}.city (
        id BIGINT PRIMARY KEY, name VARCHAR, country VARCHAR, admin_code VARCHAR,
        feature_code VARCHAR, population INTEGER, longitude DOUBLE PRECISION,
        latitude DOUBLE PRECISION)
      AS SELECT * FROM CSVREAD('classpath:/io/loadonce/db/cities.csv', NULL, 'charset=UTF-8');
      ALTER TABLE {schema}.city ADD version BIGINT DEFAULT 1 NOT NULL;
      CREATE ALIAS {schema}.begun FOR '{probe}.begun';
      CREATE ALIAS {schema}.row_read FOR '{probe}.rowRead';
      """;

  private final H2Probe probe;

  H2Ladder(Access access, String schema) throws SQLException {
    super(access, schema);
    this.probe = H2Probe.register(schema);
    execute(CREATE.replace("{schema}", schema).replace("{probe}", H2Probe.class.getName()));
  }

  static LadderDatabase embedded(String schema) throws SQLException {
    String url = "jdbc:h2:mem:" + schema + ";DB_CLOSE_DELAY=-1;DATABASE_TO_LOWER=TRUE";
    return new H2Ladder(new Access(url, "sa", ""), schema);
  }

  @Override
  long queries() {
    return probe.queries();
  }

  @Override
  long rowsRead() {
    return probe.rowsRead();
  }

  @Override
  public void closeGate() {
    probe.closeGate();
  }

  @Override
  public void openGate() {
    probe.openGate();
  }

  @Override
  public long atGate() {
    return probe.atGate();
  }

  /** LIMIT is evaluated once for a query, before any row is read. */
  @Override
  String beginning(Duration time, boolean fails) {
    return "LIMIT %1$s.begun('%1$s', %2$d, %3$s)".formatted(schema(), time.toMillis(), fails);
  }

  @Override
  String versionRead(boolean gated) {
    return "%1$s.row_read('%1$s', version, %2$s)".formatted(schema(), gated);
  }

  @Override
  String queryUrl(String url) {
    return url;
  }

  @Override
  void release() {
    H2Probe.unregister(schema());
  }
}
