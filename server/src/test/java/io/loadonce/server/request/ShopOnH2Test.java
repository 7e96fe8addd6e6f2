package io.loadonce.server.request;

import static io.loadonce.server.request.Answers.failure;
import static io.loadonce.server.request.ShopService.lines;
import static io.loadonce.server.request.ShopService.price;
import static io.loadonce.server.request.ShopService.product;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.server.request.Answers.Failure;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.Key;
import io.loadonce.v1.Resource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Lists and keys of several columns, from the tables of a database to the bytes of a reply. */
class ShopOnH2Test {

  private static final String URL = "jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1;DATABASE_TO_LOWER=TRUE";

  /** Order 1 has one line, order 1000 a thousand, order 1001 one more than the lookup allows. */
  private static final String FILL =
      """
      CREATE TABLE product (sku VARCHAR PRIMARY KEY, name VARCHAR);
      INSERT INTO product VALUES ('a', 'Apple');
      CREATE TABLE price (tenant VARCHAR, sku VARCHAR, amount NUMERIC(9, 2), version BIGINT);
      INSERT INTO price VALUES ('a|bc', 'd', 1, 1), ('a', 'bc|d', 2, 2), ('acme', 'a', 3, 3);
      CREATE TABLE order_line (order_id BIGINT, sku VARCHAR);
      INSERT INTO order_line VALUES (1, 'a');
      INSERT INTO order_line SELECT 1000, 'sku' || x FROM SYSTEM_RANGE(1, 1000) AS line(x);
      INSERT INTO order_line SELECT 1001, 'sku' || x FROM SYSTEM_RANGE(1, 1001) AS line(x);
      """;

  private static Database database;
  private static ShopService shop;

  @BeforeAll
  static void start() throws Exception {
    try (Connection connection = DriverManager.getConnection(URL, "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute(FILL);
    }
    database = Database.open(DatabaseSettings.of(URL, "sa", ""));
    shop = ShopService.over(database);
  }

  @AfterAll
  static void stop() throws Exception {
    shop.close();
    database.close();
    try (Connection connection = DriverManager.getConnection(URL, "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN");
    }
  }

  @Test
  void get_ordersOf0And1And1000Lines_haveAllLinesInTheOrderOfTheQuery() {
    assertThat(skus(shop.get(lines("7")).getResource())).isEmpty();
    assertThat(skus(shop.get(lines("1")).getResource())).containsExactly("a");
    assertThat(skus(shop.get(lines("1000")).getResource()))
        .isEqualTo(IntStream.rangeClosed(1, 1_000).mapToObj(i -> "sku" + i).toList());
  }

  @Test
  void get_orderOf1001Lines_isInvalidRowAndNoCutList() {
    Failure failure = failure(() -> shop.get(lines("1001")));

    assertThat(failure.status()).isEqualTo("INTERNAL");
    assertThat(failure.reason()).isEqualTo("loadonce/INVALID_ROW");
  }

  @Test
  void get_keysThatDifferOnlyInWhereTheySplit_areTwoRows() {
    Resource one = shop.get(price("a|bc", "d")).getResource();
    Resource other = shop.get(price("a", "bc|d")).getResource();

    assertThat(one.getVersion()).isEqualTo(1);
    assertThat(one.getKeyList()).containsExactly("a|bc", "d");
    assertThat(other.getVersion()).isEqualTo(2);
    assertThat(failure(() -> shop.get(price("a|", "bcd"))).reason())
        .isEqualTo("loadonce/NOT_FOUND");
  }

  @Test
  void batchGet_threeLookups_hasEachInItsPlace() {
    List<BatchGetResult> results =
        shop.batchGet(
            BatchGetRequest.newBuilder()
                .addKeys(Key.newBuilder().setLookup("order-lines").setId("1001"))
                .addKeys(Key.newBuilder().setLookup("price").addKey("acme").addKey("a"))
                .addKeys(Key.newBuilder().setLookup("order-lines").setId("1"))
                .addKeys(Key.newBuilder().setLookup("product").setId("a"))
                .addKeys(Key.newBuilder().setLookup("order-lines").setId("8")));

    assertThat(results.get(0).hasStatus()).isTrue();
    assertThat(results.get(1).getResource().getVersion()).isEqualTo(3);
    assertThat(skus(results.get(2).getResource())).containsExactly("a");
    assertThat(results.get(3).getResource()).isEqualTo(shop.get(product("a")).getResource());
    assertThat(results.get(4).hasResource()).isTrue();
    assertThat(results.get(4).getResource().getRowsList()).isEmpty();
  }

  private static List<String> skus(Resource list) {
    return list.getRowsList().stream().map(ShopOnH2Test::sku).toList();
  }

  private static String sku(Struct row) {
    return row.getFieldsOrThrow("sku").getStringValue();
  }
}
