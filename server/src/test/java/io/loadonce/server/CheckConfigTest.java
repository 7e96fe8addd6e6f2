package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.v1.GetRequest;
import io.loadonce.v1.KeyColumn;
import io.loadonce.v1.ListLookupsRequest;
import io.loadonce.v1.ListLookupsResponse;
import io.loadonce.v1.Lookup;
import io.loadonce.v1.Resource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code check-config} and the start, with twenty lookups over twelve tables of PostgreSQL. */
@Tag("slow")
@Timeout(120)
class CheckConfigTest {

  private static final Path SHOP = Path.of("src/test/resources/io/loadonce/server/shop");
  private static final String CONFIG = SHOP.resolve("loadonce.yaml").toString();

  private static EmbeddedPostgres postgres;
  private static Map<String, String> environment;

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start();
    execute(Files.readString(SHOP.resolve("tables.sql")));
    environment =
        Map.of(
            "LOADONCE_DB_URL",
            postgres.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", ""),
            "LOADONCE_DB_USER",
            "postgres");
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @Test
  void checkConfig_goodFile_isOneLine() throws Exception {
    assertThat(run(Map.of(), CONFIG)).isZero();

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("ok: 20 lookups\n");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  /** The environment names the database, and wins over the file. */
  @Test
  void checkConfig_connect_printsEachLookupAndTheMissingIndex() throws Exception {
    assertThat(run(environment, CONFIG, "--connect")).isZero();

    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    String page = out.toString(StandardCharsets.UTF_8);
    assertThat(page.lines()).hasSize(1 + 20 + 1 + 1);
    assertThat(page)
        .containsPattern(
            "(?m)^product +sku text +version +product_pkey +sku text, category_id int4")
        .containsPattern("(?m)^price +tenant_id bigint, sku text +- +price_pkey ")
        .containsPattern("(?m)^warehouse +id smallint +- +sequential scan of public.warehouse, 2")
        .endsWith(
            """
            warning: lookup reviews-of-customer: each query reads all of public.review, about 20000 \
            rows; create an index on the column that the query compares with :ids
            ok: 20 lookups, 1 warning
            """);
    Files.writeString(Path.of("target", "check-config.txt"), page);
  }

  @Test
  void serve_twentyLookups_eachAnswers(TestReporter reporter) throws Exception {
    long startNanos = System.nanoTime();
    try (RunningService service =
        RunningService.with(
            Map.of(
                "--config",
                CONFIG,
                "--db-url",
                environment.getOrDefault("LOADONCE_DB_URL", ""),
                "--db-user",
                "postgres"))) {
      reporter.publishEntry("start with 20 lookups", millisSince(startNanos));
      startNanos = System.nanoTime();
      ListLookupsResponse lookups =
          service.stub().listLookups(ListLookupsRequest.newBuilder().build());
      assertThat(lookups.getLookupsList()).hasSize(20);
      for (Lookup lookup : lookups.getLookupsList()) {
        GetRequest.Builder request = GetRequest.newBuilder().setLookup(lookup.getName());
        lookup.getKeyList().forEach(column -> request.addKey(example(column)));
        Resource resource = service.stub().get(request.build()).getResource();
        assertThat(resource.getRowsCount() > 0)
            .as(lookup.getName())
            .isEqualTo(lookup.getReturnsLists());
        assertThat(resource.hasData()).as(lookup.getName()).isNotEqualTo(lookup.getReturnsLists());
      }
      reporter.publishEntry("one Get through each of 20 lookups", millisSince(startNanos));
    }
  }

  /** A key that the tables have. */
  private static String example(KeyColumn column) {
    return switch (column.getType()) {
      case "uuid" -> "c4ca4238-a0b9-2382-0dcc-509a6f75849b";
      case "date" -> "2026-01-02";
      case "char" -> "no";
      case "text" -> column.getName().equals("email") ? "1@example.org" : "sku-2";
      default -> "1";
    };
  }

  @Test
  void checkConfig_everyIndexThere_hasNoWarning() throws Exception {
    execute("CREATE INDEX review_customer ON review (customer_id)");
    try {
      assertThat(run(environment, CONFIG, "--connect")).isZero();
    } finally {
      execute("DROP INDEX review_customer");
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("\nok: 20 lookups\n");
  }

  @Test
  void checkConfig_queriesThatCannotWork_areLinesAndExit2() throws Exception {
    String file = wrongQueries();

    assertThat(run(environment, file)).isZero();
    assertThat(run(environment, file, "--connect")).isEqualTo(2);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            loadonce: lookup lost: the database refuses the query: ERROR: relation "lost" does not \
            exist (SQLState 42P01)
            loadonce: lookup keyless: the query returns no column sku, which is set as key or \
            version column
            """);
  }

  /** The service does not say ready for what can never work. */
  @Test
  void serve_queriesThatCannotWork_areLinesAndExit2() throws Exception {
    int status =
        Main.run(
            List.of("serve", "--config", wrongQueries(), "--port", "0", "--admin-port", "0"),
            environment,
            new PrintStream(out, /* autoFlush= */ true, StandardCharsets.UTF_8),
            new PrintStream(err, /* autoFlush= */ true, StandardCharsets.UTF_8));

    assertThat(status).isEqualTo(2);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("loadonce: lookup lost: the database refuses the query: ")
        .contains("\nloadonce: lookup keyless: the query returns no column sku");
  }

  @Test
  void checkConfig_listen_refusesWhatServeRefuses() throws Exception {
    String joined =
        listening(
            "SELECT o.id FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.id IN"
                + " (:ids)");
    assertThat(run(environment, joined)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("loadonce: changes: must be set for the lookup one")
        .hasLineCount(1);

    err.reset();
    String one = listening("SELECT sku AS id FROM product WHERE sku IN (:ids)", "product(sku)");
    assertThat(run(environment, one, "--connect")).isZero();
    assertThat(run(Map.of("LOADONCE_DB_URL", "jdbc:mariadb://127.0.0.1:1/shop"), one)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "loadonce: listen: needs PostgreSQL, or H2 in memory; other databases have no change"
                + " feed\n");

    err.reset();
    execute("CREATE VIEW product_view AS SELECT * FROM product");
    String view = listening("SELECT sku AS id FROM product_view WHERE sku IN (:ids)");
    assertThat(run(environment, view)).isZero();
    assertThat(run(environment, view, "--connect")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("loadonce: changes: product_view(id) of the lookup one: it is not a table")
        .hasLineCount(1);

    err.reset();
    String lost = listening("SELECT sku AS id FROM product WHERE sku IN (:ids)", "lost(sku)");
    assertThat(run(environment, lost)).isZero();
    assertThat(run(environment, lost, "--connect")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("loadonce: changes: lost(sku) of the lookup one: there is no such table\n");
  }

  private String listening(String query, String... changes) throws Exception {
    Path file = directory.resolve("listening.yaml");
    Files.writeString(
        file,
        """
        listen: true
        lookups:
          one:
            query: %s
            key: id %s
        """
            .formatted(query, query.contains("sku") ? "text" : "bigint"));
    for (String each : changes) {
      Files.writeString(file, "    changes: [" + each + "]\n", StandardOpenOption.APPEND);
    }
    return file.toString();
  }

  @Test
  void checkConfig_databaseIsDown_isOneLineAndExit1() throws Exception {
    Map<String, String> down = Map.of("LOADONCE_DB_URL", "jdbc:postgresql://127.0.0.1:1/shop");

    assertThat(run(down, CONFIG, "--connect")).isEqualTo(1);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("loadonce: the database cannot be reached or did not answer in time")
        .hasLineCount(1);
  }

  @Test
  void checkConfig_wrongArguments_areOneLineAndExit2() throws Exception {
    for (String[] wrong : new String[][] {{}, {"a", "b"}, {"--conect", "a"}, {"--conect"}}) {
      assertThat(run(Map.of(), wrong)).isEqualTo(2);
    }
    assertThat(err.toString(StandardCharsets.UTF_8).lines().distinct())
        .containsExactly(
            "loadonce: check-config: needs one file: ./loadonce check-config FILE [--connect]");
  }

  private static String millisSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1_000_000 + " ms";
  }

  private String wrongQueries() throws Exception {
    Path file = directory.resolve("loadonce.yaml");
    Files.writeString(
        file,
        """
        lookups:
          product:
            query: SELECT sku, name FROM product WHERE sku IN (:ids)
            key: sku text
          lost:
            query: SELECT sku FROM lost WHERE sku IN (:ids)
            key: sku text
          keyless:
            query: SELECT name FROM product WHERE sku IN (:ids)
            key: sku text
        """);
    return file.toString();
  }

  private int run(Map<String, String> variables, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("check-config"));
    all.addAll(List.of(arguments));
    return Main.run(
        all,
        variables,
        new PrintStream(out, /* autoFlush= */ true, StandardCharsets.UTF_8),
        new PrintStream(err, /* autoFlush= */ true, StandardCharsets.UTF_8));
  }

  private static void execute(String sql) throws Exception {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
