package io.loadonce.db.jdbc;

import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The database that is used when none is configured: an H2 in the memory of this process, whose
 * table {@code city} has 24,323 real rows. The file {@code NOTICE} beside them names their source.
 */
public final class EmbeddedCities {

  public static final DatabaseSettings DATABASE =
      DatabaseSettings.of("jdbc:h2:mem:cities;DB_CLOSE_DELAY=-1;DATABASE_TO_LOWER=TRUE", "sa", "");

  /** One city by its id. */
  public static final LookupSettings LOOKUP =
      LookupSettings.of(
          "SELECT id, name, country, admin_code, feature_code, population, longitude, latitude"
              + " FROM city WHERE id IN (:ids)");

  /** The cities of one country, the largest first. The country with most cities has 3,246. */
  public static final LookupSettings OF_COUNTRY =
      LookupSettings.of(
              "SELECT country, id, name, population FROM city WHERE country IN (:ids)"
                  + " ORDER BY population DESC, id")
          .withName("cities-of-country")
          .withKey("country", KeyType.TEXT)
          .withLists(5_000);

  private static final String INDEX = "CREATE INDEX IF NOT EXISTS city_country ON city (country)";

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
   * Creates and fills {@code city} in {@link #DATABASE}, unless it is there. Blocks for most of a
   * second.
   */
  public static void create() {
    try (Connection connection = DriverManager.getConnection(DATABASE.url(), DATABASE.user(), "")) {
      create(connection);
    } catch (SQLException e) {
      throw new IllegalStateException("the embedded cities cannot be created", e);
    }
  }

  /** Creates and fills {@code city} in any H2 database, unless it is there. */
  public static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(FILL);
      statement.execute(INDEX);
    }
  }
}
