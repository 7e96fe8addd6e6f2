package io.loadonce.db.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The database that is there when none is configured: table {@code city} with 24,323 real rows, in
 * the memory of this process. Where the rows come from stands in {@code NOTICE} beside them.
 */
public final class EmbeddedCities {

  public static final String URL = "jdbc:h2:mem:cities;DB_CLOSE_DELAY=-1;DATABASE_TO_LOWER=TRUE";
  public static final String USER = "sa";
  public static final String QUERY =
      "SELECT id, name, country, admin_code, feature_code, population, longitude, latitude"
          + " FROM city WHERE id IN (:ids)";

  /** The header of the file is skipped, since the columns are named here. */
  private static final String FILL =
      """
      CREATE TABLE IF NOT EXISTS city (
        id BIGINT PRIMARY KEY,
        name VARCHAR NOT NULL,
        country VARCHAR NOT NULL,
        admin_code VARCHAR,
        feature_code VARCHAR,
        population INTEGER NOT NULL,
        longitude DOUBLE PRECISION NOT NULL,
        latitude DOUBLE PRECISION NOT NULL
      ) AS SELECT * FROM CSVREAD('classpath:/io/loadonce/db/cities.csv', NULL, 'charset=UTF-8')
      """;

  private EmbeddedCities() {}

  /**
   * Creates and fills {@code city} in the database of this process, unless it is there. Blocks for
   * a good part of a second.
   */
  public static void create() {
    try (Connection connection = DriverManager.getConnection(URL, USER, "")) {
      create(connection);
    } catch (SQLException e) {
      throw new IllegalStateException("the embedded cities cannot be created", e);
    }
  }

  /** The same in any H2 database. */
  public static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(FILL);
    }
  }
}
