package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.MariaDb;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found of a query on a real MariaDB, whose texts ignore case unless told otherwise. */
@Tag("slow")
final class QueryCheckOnMariaDbTest {

  private static @Nullable MariaDb server;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    MariaDb.assumeInstalled();
    server = MariaDb.start(directory);
    server.execute(
        "CREATE TABLE product (id BIGINT PRIMARY KEY, sku VARCHAR(20),"
            + " name VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_general_cs,"
            + " exact VARCHAR(20) COLLATE utf8mb4_nopad_bin,"
            + " code VARCHAR(20) COLLATE utf8mb4_bin, short CHAR(4) COLLATE utf8mb4_bin)");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void of_keyThatIgnoresCase_isAProblem() throws Exception {
    assertThat(problems("SELECT sku FROM product WHERE sku IN (:ids)", "sku", KeyType.TEXT))
        .singleElement()
        .asString()
        .matches(
            "the key column sku has the collation utf8mb4_\\w+_ci, for which different texts may"
                + " be equal; use a column with a binary collation, such as utf8mb4_nopad_bin");
    assertThat(problems("SELECT name FROM product WHERE name IN (:ids)", "name", KeyType.TEXT))
        .as("it tells case, and pads with blanks")
        .containsExactly(
            "the key column name has the collation latin1_general_cs, for which different texts may"
                + " be equal; use a column with a binary collation, such as utf8mb4_nopad_bin");
  }

  @Test
  void of_keysThatCompareByteByByte_haveNoProblem() throws Exception {
    assertThat(problems("SELECT id, sku FROM product WHERE id IN (:ids)", "id", KeyType.BIGINT))
        .isEmpty();
    assertThat(problems("SELECT code FROM product WHERE code IN (:ids)", "code", KeyType.CHAR))
        .isEmpty();
    assertThat(problems("SELECT short FROM product WHERE short IN (:ids)", "short", KeyType.CHAR))
        .isEmpty();
    assertThat(problems("SELECT exact FROM product WHERE exact IN (:ids)", "exact", KeyType.TEXT))
        .isEmpty();
  }

  /** 'a' and 'a ' are equal there, and 7 is equal to '07'. */
  @Test
  void of_keyThatTheDatabaseComparesOtherwise_isAProblem() throws Exception {
    assertThat(problems("SELECT code FROM product WHERE code IN (:ids)", "code", KeyType.TEXT))
        .containsExactly(
            "the key column code has the collation utf8mb4_bin, which ignores blanks at the end;"
                + " use the key type char, or a column with utf8mb4_nopad_bin");
    assertThat(problems("SELECT exact FROM product WHERE exact IN (:ids)", "exact", KeyType.BIGINT))
        .containsExactly(
            "the key column exact has type VARCHAR, which does not fit a key of type bigint");
  }

  @Test
  void of_queryThatCannotWork_isAProblem() throws Exception {
    assertThat(problems("SELECT id FROM lost WHERE id IN (:ids)", "id", KeyType.BIGINT))
        .singleElement()
        .asString()
        .contains("Table 'test.lost' doesn't exist");
    assertThat(problems("SELECT short FROM product WHERE short IN (:ids)", "short", KeyType.TEXT))
        .containsExactly(
            "the key column short has type char, which is padded with blanks; use the key type"
                + " char");
    assertThat(problems("SELECT id FROM product WHERE id = ANY(:ids)", "id", KeyType.BIGINT))
        .containsExactly("= ANY(:ids) needs PostgreSQL; write WHERE key IN (:ids)");
  }

  private static List<String> problems(String query, String key, KeyType type) throws Exception {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    DatabaseSettings settings = DatabaseSettings.of(server.url(), server.user(), "");
    LookupSettings lookup = LookupSettings.of(query).withKey(key, type);
    try (Database database = Database.open(settings)) {
      return QueryCheck.of(database, lookup).problems();
    }
  }
}
