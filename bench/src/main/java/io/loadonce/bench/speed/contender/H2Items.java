package io.loadonce.bench.speed.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An H2 in files, for one instance of Loadonce, which opens it within its own process. Each query
 * for items takes 100 ms, and the database counts it.
 */
public final class H2Items {

  public static final String USER = "sa";

  /** LIMIT is evaluated once for a query, before any row is read. */
  public static final String QUERY = "SELECT id, name FROM item WHERE id IN (:ids) LIMIT begun()";

  /** Other processes cannot query the database, so it counts in a file: a byte for each query. */
  private static final String CREATE =
      """
      CREATE TABLE item (id BIGINT PRIMARY KEY, name VARCHAR NOT NULL)
        AS SELECT "X", 'item number ' || "X" FROM SYSTEM_RANGE(1, 1000);
      CREATE ALIAS begun AS $$
        import java.nio.file.Files;
        import java.nio.file.Path;
        import java.nio.file.StandardOpenOption;
        @CODE
        int begun() throws Exception {
          Files.write(Path.of("{count}"), new byte[1], StandardOpenOption.APPEND);
          Thread.sleep(100);
          return 1000;
        }
      $$;
      """;

  private final String url;
  private final Path count;

  private H2Items(String url, Path count) {
    this.url = url;
    this.count = count;
  }

  /**
   * Creates and closes it.
   *
   * @param directory an empty one, for its files
   */
  public static H2Items create(Path directory) throws IOException, SQLException {
    H2Items items =
        new H2Items(
            "jdbc:h2:file:" + directory.resolve("items") + ";DATABASE_TO_LOWER=TRUE",
            Files.createFile(directory.resolve("count")));
    try (Connection connection = DriverManager.getConnection(items.url, USER, "");
        Statement statement = connection.createStatement()) {
      statement.execute(CREATE.replace("{count}", items.count.toString()));
    }
    return items;
  }

  public String url() {
    return url;
  }

  /** How many queries for items the database has counted. */
  public long queries() throws IOException {
    return Files.size(count);
  }
}
