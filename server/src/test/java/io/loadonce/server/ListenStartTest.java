package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo.Source;
import io.loadonce.v1.Resource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A whole service that listens to PostgreSQL, and one that does not start since it cannot. */
@Tag("slow")
class ListenStartTest {

  private static final Path SHOP = Path.of("src/test/resources/io/loadonce/server/shop");
  private static final String CONFIG = SHOP.resolve("loadonce.yaml").toString();
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static EmbeddedPostgres postgres;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start();
    execute(Files.readString(SHOP.resolve("tables.sql")));
    execute("CREATE VIEW open_order AS SELECT * FROM orders WHERE state = 'open'");
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  /** Twenty lookups watch twelve tables by twenty different lists of columns. */
  @Test
  void listen_twentyLookups_seeEachChangeOfTheirTables() throws Exception {
    assertThat(run("sql", "triggers", "--config", CONFIG)).isZero();
    String script = out.toString(StandardCharsets.UTF_8);
    assertThat(script.lines().filter(line -> line.startsWith("CREATE OR REPLACE FUNCTION")))
        .map(line -> line.replaceAll(".*loadonce_changed_(\\w+)\\(.*", "$1"))
        .containsExactly(
            "tenant__id",
            "tenant__region",
            "category__id",
            "product__sku",
            "product__category_id",
            "price__tenant_id__sku",
            "warehouse__id",
            "stock__warehouse_id__sku",
            "stock__sku",
            "customer__id",
            "customer__email",
            "address__id",
            "address__customer_id",
            "orders__id",
            "order_line__order_id",
            "orders__day",
            "order_line__sku",
            "shipment__order_id",
            "review__id",
            "review__customer_id");
    execute(script);
    Map<String, String> flags = new HashMap<>(database());
    flags.put("--config", CONFIG);
    flags.put("--listen", "true");
    try (RunningService service = RunningService.with(flags)) {
      until(() -> isCached(service, "order-lines", "77000") && isCached(service, "order", "5"));
      assertThat(rows(service, "order-lines", "77000")).isZero();
      execute("INSERT INTO order_line VALUES (77000, 1, 'sku-1', 1)");
      until(() -> rows(service, "order-lines", "77000") == 1);
      assertThat(isCached(service, "order", "5")).isTrue();
      execute("UPDATE order_line SET order_id = 77001 WHERE order_id = 77000");
      until(() -> rows(service, "order-lines", "77000") == 0);
      assertThat(rows(service, "order-lines", "77001")).isEqualTo(1);
      execute("DELETE FROM order_line WHERE order_id = 77001");
      until(() -> rows(service, "order-lines", "77001") == 0);
      assertThat(isCached(service, "order", "5")).isTrue();
      execute("UPDATE order_line SET pieces = 9 WHERE order_id = 5");
      until(() -> !isCached(service, "order", "5"));
    }
  }

  @Test
  void listen_toAView_isOneLineAndExit2() throws Exception {
    assertThat(
            run(
                "--listen",
                "--port=0",
                "--admin-port=0",
                "--db-url=" + database().get("--db-url"),
                "--db-user=postgres",
                "--query=SELECT id, day FROM open_order WHERE id IN (:ids)"))
        .isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("changes: open_order(id) of the lookup default: it is not a table");
  }

  private static GetResponse get(RunningService service, String lookup, String id) {
    return service.stub().get(GetRequest.newBuilder().setLookup(lookup).setId(id).build());
  }

  private static boolean isCached(RunningService service, String lookup, String id) {
    return get(service, lookup, id).getInfo().getSource() == Source.SOURCE_MEMORY;
  }

  private static int rows(RunningService service, String lookup, String id) {
    Resource list = get(service, lookup, id).getResource();
    return list.getRowsCount();
  }

  private static void until(BooleanSupplier condition) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(TIMEOUT)
        .until(condition::getAsBoolean);
  }

  private int run(String... arguments) throws InterruptedException {
    return Main.run(
        List.of(arguments),
        Map.of(),
        new PrintStream(out, /* autoFlush= */ true, StandardCharsets.UTF_8),
        new PrintStream(err, /* autoFlush= */ true, StandardCharsets.UTF_8));
  }

  private static Map<String, String> database() {
    return Map.of(
        "--db-url",
        postgres.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", ""),
        "--db-user",
        "postgres");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
