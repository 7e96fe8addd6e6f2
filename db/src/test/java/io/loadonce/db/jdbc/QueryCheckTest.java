package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found of a query before its first row is loaded, on a real PostgreSQL and a real H2. */
@Tag("slow")
@Timeout(60)
class QueryCheckTest {

  private static final String TABLES =
      """
      CREATE EXTENSION citext;
      CREATE DOMAIN tag_text AS citext;
      CREATE TYPE color AS ENUM ('red', 'green');
      CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE TABLE product (
        sku text PRIMARY KEY, code char(8), uid uuid, name text COLLATE ci, hue color, size int,
        note text, version bigint, place point, ip inet, short varchar(8), nick citext,
        tag tag_text);
      INSERT INTO product (sku, version) SELECT 'sku-' || n, n FROM generate_series(1, 20000) AS n;
      CREATE TABLE secret (id bigint PRIMARY KEY);
      CREATE INDEX product_size ON product (size);
      CREATE ROLE reader LOGIN;
      GRANT SELECT ON product TO reader;
      ANALYZE;
      """;

  private static EmbeddedPostgres postgres;
  private static Database database;

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start();
    execute(TABLES);
    String url = postgres.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
    database = Database.open(DatabaseSettings.of(url, "reader", ""));
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
    postgres.close();
  }

  @Test
  void of_goodQuery_hasColumnsAndIndexAndNoProblem() throws Exception {
    QueryCheck check =
        check(
            lookup("SELECT sku, version FROM product WHERE sku IN (:ids)", "sku", KeyType.TEXT)
                .withVersionColumn("version"));

    assertThat(check.problems()).isEmpty();
    assertThat(check.warnings()).isEmpty();
    assertThat(check.columns()).hasToString("[sku text, version int8]");
    assertThat(check.access()).isEqualTo("product_pkey");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT id FROM nothing WHERE id IN (:ids) | id | BIGINT | the database refuses the query:"
            + " ERROR: relation \"nothing\" does not exist (SQLState 42P01)",
        "SELECT id FROM secret WHERE id IN (:ids) | id | BIGINT | the database refuses the query:"
            + " ERROR: permission denied for table secret (SQLState 42501)",
        "SELECT version FROM product WHERE sku IN (:ids) | sku | TEXT | the query returns no column"
            + " sku, which is set as key or version column",
        "SELECT uid FROM product WHERE uid IN (:ids) | uid | TEXT | the database refuses the query:"
            + " ERROR: operator does not exist: uuid = character varying (SQLState 42883); compare"
            + " the key (uid text) with the type of its column",
        "SELECT sku, note AS sku FROM product WHERE sku IN (:ids) | sku | TEXT | two columns have"
            + " the name sku; rename one with AS",
        "SELECT code FROM product WHERE code IN (:ids) | code | TEXT | the key column code has type"
            + " bpchar, which is padded with blanks; use the key type char",
        "SELECT version::float8 AS version FROM product WHERE version IN (:ids) | version | BIGINT"
            + " | the key column version has type float8, which does not fit a key of type bigint",
        "SELECT name FROM product WHERE name IN (:ids) | name | TEXT | the key column name has the"
            + " collation ci, for which different texts may be equal; use a column with a"
            + " deterministic collation, such as \"C\"",
        "SELECT lower(name) AS name FROM product WHERE lower(name) IN (:ids) | name | TEXT | the"
            + " key column name has the collation ci, for which different texts may be equal; use a"
            + " column with a deterministic collation, such as \"C\"",
        "SELECT note COLLATE ci AS note FROM product WHERE note COLLATE ci IN (:ids) -- | note |"
            + " TEXT | the key column note has the collation ci, for which different texts may be"
            + " equal; use a column with a deterministic collation, such as \"C\"",
        "SELECT short FROM product WHERE short IN (:ids) | short | CHAR | the key column short has"
            + " type varchar, which is not padded with blanks; use the key type text",
        "SELECT ip FROM product WHERE ip IN (:ids) | ip | ENUM | the key column ip has type inet,"
            + " which is no enumerated type; use another key type",
        "SELECT tag FROM product WHERE tag IN (:ids) | tag | TEXT | the key column tag has type"
            + " citext, for which texts of different case are equal; write tag::text AS tag and"
            + " WHERE tag::text IN (:ids)",
      })
  void of_queryThatCannotWork_isOneProblem(String query, String key, KeyType type, String problem)
      throws Exception {
    assertThat(check(lookup(query, key, type)).problems()).containsExactly(problem);
  }

  @Test
  void of_versionColumnOfAnotherType_isAProblem() throws Exception {
    LookupSettings lookup =
        lookup("SELECT sku, note FROM product WHERE sku IN (:ids)", "sku", KeyType.TEXT);

    assertThat(check(lookup.withVersionColumn("note")).problems())
        .singleElement()
        .asString()
        .startsWith("the version column");
    assertThat(check(lookup.withVersionColumn("version")).problems())
        .containsExactly(
            "the query returns no column version, which is set as key or version column");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT code FROM product WHERE code IN (:ids) | code | CHAR",
        "SELECT uid FROM product WHERE uid = ANY(:ids) | uid | UUID",
        "SELECT hue FROM product WHERE hue IN (:ids)   | hue | ENUM",
        "SELECT name COLLATE \"C\" AS name FROM product WHERE name COLLATE \"C\" IN (:ids) | name"
            + " | TEXT",
        "SELECT size FROM product WHERE size IN (:ids) | size | INT",
        "SELECT lower(note) AS \"No te\" FROM product WHERE lower(note) IN (:ids) | No te | TEXT",
        "WITH p AS (SELECT short FROM product) SELECT short FROM p WHERE short IN (:ids) | short |"
            + " TEXT",
        "SELECT nick::text AS nick FROM product WHERE nick::text IN (:ids) | nick | TEXT",
      })
  void of_keysOfEachKind_haveNoProblem(String query, String key, KeyType type) throws Exception {
    assertThat(check(lookup(query, key, type)).problems()).isEmpty();
  }

  @Test
  void of_partitionWithoutTheKey_isAWarning() throws Exception {
    LookupSettings bySize =
        lookup(
            "SELECT sku, rank() OVER (PARTITION BY size ORDER BY version) AS n FROM product WHERE"
                + " sku IN (:ids)",
            "sku",
            KeyType.TEXT);

    assertThat(check(bySize).problems()).isEmpty();
    assertThat(check(bySize).warnings())
        .singleElement()
        .asString()
        .startsWith("PARTITION BY size does not name the key (sku text): ");
  }

  /** Planted: the index goes, the warning must come. */
  @Test
  void of_indexIsDropped_warnsOfTheSequentialScan() throws Exception {
    LookupSettings bySize =
        lookup("SELECT size FROM product WHERE size IN (:ids)", "size", KeyType.INT);
    assertThat(check(bySize).warnings()).isEmpty();

    execute("DROP INDEX product_size");

    assertThat(check(bySize).warnings())
        .containsExactly(
            "each query reads all of public.product, about 20000 rows; create an index on the"
                + " column that the query compares with :ids");
    assertThat(check(bySize).access()).isEqualTo("sequential scan of public.product, 20000 rows");
    execute("CREATE INDEX product_size ON product (size)");
  }

  @Test
  void of_h2_findsMissingTablesAndKeysThatIgnoreCase() throws Exception {
    String url = "jdbc:h2:mem:check;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1";
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        Database h2 = Database.open(DatabaseSettings.of(url, "", ""))) {
      statement.execute(
          "CREATE TABLE a (id BIGINT PRIMARY KEY, i VARCHAR_IGNORECASE, c CHAR(4), v VARCHAR)");

      assertThat(of(h2, "SELECT id, c FROM a WHERE id IN (:ids)", "id", KeyType.BIGINT)).isEmpty();
      assertThat(of(h2, "SELECT id FROM b WHERE id IN (:ids)", "id", KeyType.BIGINT))
          .contains("the database refuses the query: Table \"b\" not found");
      assertThat(of(h2, "SELECT i FROM a WHERE i IN (:ids)", "i", KeyType.TEXT))
          .contains("for which texts of different case are equal; use VARCHAR");
      assertThat(of(h2, "SELECT c FROM a WHERE c IN (:ids)", "c", KeyType.TEXT))
          .contains("padded with blanks; use the key type char");
      assertThat(of(h2, "SELECT v FROM a WHERE v IN (:ids)", "v", KeyType.CHAR))
          .contains("which is not padded with blanks; use the key type text");
      assertThat(of(h2, "SELECT id FROM a WHERE id IN (:ids)", "id", KeyType.TEXT))
          .isEqualTo("the key column id has type BIGINT, which does not fit a key of type text");
      assertThat(of(h2, "SELECT id FROM a WHERE id = ANY(:ids)", "id", KeyType.BIGINT))
          .isEqualTo("= ANY(:ids) needs PostgreSQL; write WHERE key IN (:ids)");
    }
  }

  @Test
  void of_databaseIsDown_isUnavailable() {
    DatabaseSettings down =
        DatabaseSettings.of("jdbc:postgresql://127.0.0.1:1/shop", "reader", "")
            .withConnectTimeout(Duration.ofMillis(250));
    try (Database unreachable = Database.open(down)) {
      assertThatThrownBy(() -> QueryCheck.of(unreachable, EmbeddedCities.LOOKUP))
          .isInstanceOf(SourceException.Unavailable.class);
    }
  }

  private static String of(Database database, String query, String key, KeyType type)
      throws Exception {
    return String.join("\n", QueryCheck.of(database, lookup(query, key, type)).problems());
  }

  private static QueryCheck check(LookupSettings lookup) throws Exception {
    return QueryCheck.of(database, lookup);
  }

  private static LookupSettings lookup(String query, String key, KeyType type) {
    return LookupSettings.of(query).withKey(key, type);
  }

  private static void execute(String sql) throws Exception {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
