package io.loadonce.server.request;

import static io.loadonce.server.request.Answers.failure;
import static io.loadonce.server.request.ShopService.product;
import static io.loadonce.server.request.ShopService.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.request.Answers.Failure;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.Key;
import io.loadonce.v1.KeyColumn;
import io.loadonce.v1.Lookup;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** BatchGet and ListLookups at a service with three lookups. */
class BatchOfLookupsTest {

  private final ShopService shop = ShopService.open();

  @AfterEach
  void stop() {
    shop.close();
  }

  @Test
  void batchGet_keysOfSeveralLookups_repliesInTheOrderOfTheRequest() {
    BatchGetRequest.Builder request = BatchGetRequest.newBuilder().setLookup("product");
    for (int i = 0; i < 20; i++) {
      request
          .addKeys(Key.newBuilder().setId("p" + i))
          .addKeys(Key.newBuilder().setLookup("price").addKey("acme").addKey("p" + i))
          .addKeys(Key.newBuilder().setLookup("order-lines").setId(i % 2 == 0 ? "-1" : "" + i));
    }

    List<BatchGetResult> results = shop.batchGet(request);

    assertThat(results).hasSize(60);
    for (int i = 0; i < 20; i++) {
      assertThat(results.get(3 * i).getResource().getId()).isEqualTo("p" + i);
      assertThat(results.get(3 * i + 1).getResource().getKeyList())
          .containsExactly("acme", "p" + i);
      assertThat(results.get(3 * i + 2).getResource().getRowsCount()).isEqualTo(i % 2 == 0 ? 0 : 2);
    }
    assertThat(shop.queries()).hasSize(3);
  }

  @Test
  void batchGet_someKeysAreWrong_failsOnlyThose() {
    List<BatchGetResult> results =
        shop.batchGet(
            BatchGetRequest.newBuilder()
                .setMinVersion(7)
                .addKeys(Key.newBuilder().setLookup("price").addKey("acme").addKey("a"))
                .addKeys(Key.newBuilder().setLookup("none").setId("a"))
                .addKeys(Key.newBuilder().setId("a"))
                .addKeys(Key.newBuilder().setLookup("price").addKey("acme"))
                .addKeys(Key.newBuilder().setLookup("price").setId("a").addKey("acme"))
                .addKeys(Key.newBuilder().setLookup("product").setId("a"))
                .addKeys(Key.newBuilder().setLookup("price").addKey("acme").addKey("missing")));

    assertThat(results)
        .extracting(BatchOfLookupsTest::reason)
        .containsExactly(
            "",
            "UNKNOWN_LOOKUP",
            "UNKNOWN_LOOKUP",
            "INVALID_ID",
            "INVALID_ID",
            "NO_VERSION_COLUMN",
            "NOT_FOUND");
  }

  @Test
  void batchGet_idsOfANamedLookup_areOfThatLookup() {
    List<BatchGetResult> results =
        shop.batchGet(
            BatchGetRequest.newBuilder().setLookup("order-lines").addIds("1").addIds("-1"));

    assertThat(results).extracting(row -> row.getResource().getRowsCount()).containsExactly(2, 0);
  }

  @Test
  void batchGet_wrongAsAWhole_failsAsAWholeWithoutQuery() {
    Key key = Key.newBuilder().setLookup("product").setId("a").build();
    BatchGetRequest.Builder ids = BatchGetRequest.newBuilder().setLookup("product").addIds("a");

    Failure both = failure(() -> shop.batchGet(ids.clone().addKeys(key)));
    Failure unknown = failure(() -> shop.batchGet(ids.clone().setLookup("none")));
    Failure negative = failure(() -> shop.batchGet(ids.clone().setMaxAge(seconds(-1))));
    Failure tooMany =
        failure(
            () ->
                shop.batchGet(
                    BatchGetRequest.newBuilder().addAllKeys(Collections.nCopies(1_001, key))));

    assertThat(both.reason()).isEqualTo("loadonce/INVALID_BATCH");
    assertThat(both.text()).isEqualTo("a request has ids or keys, not both");
    assertThat(unknown.reason()).isEqualTo("loadonce/UNKNOWN_LOOKUP");
    assertThat(negative.reason()).isEqualTo("loadonce/INVALID_MAX_AGE");
    assertThat(tooMany.text()).isEqualTo("a request names 1 to 1,000 ids or keys, not more");
    assertThat(shop.queries()).isEmpty();
  }

  @Test
  void batchGet_onlyIfCached_failsWhatIsNotCachedWithoutQuery() {
    shop.get(product("b"));
    shop.queries().clear();

    List<BatchGetResult> results =
        shop.batchGet(
            BatchGetRequest.newBuilder()
                .setLookup("product")
                .setOnlyIfCached(true)
                .addIds("a")
                .addIds("b"));

    assertThat(results).extracting(BatchOfLookupsTest::reason).containsExactly("NOT_IN_MEMORY", "");
    assertThat(shop.queries()).isEmpty();
  }

  @Test
  void listLookups_three_describesEachWithoutItsQuery() {
    List<Lookup> lookups = shop.listLookups();

    assertThat(lookups)
        .containsExactly(
            Lookup.newBuilder()
                .setName("product")
                .addKey(column("sku", "text"))
                .setTimeToLive(seconds(60))
                .setNegativeTimeToLive(seconds(5))
                .build(),
            Lookup.newBuilder()
                .setName("price")
                .addKey(column("tenant", "text"))
                .addKey(column("sku", "text"))
                .setHasVersions(true)
                .setTimeToLive(seconds(60))
                .setNegativeTimeToLive(seconds(5))
                .build(),
            Lookup.newBuilder()
                .setName("order-lines")
                .addKey(column("order_id", "bigint"))
                .setReturnsLists(true)
                .setMaxRows(1_000)
                .setTimeToLive(seconds(60))
                .setNegativeTimeToLive(seconds(5))
                .build());
    assertThat(lookups.toString()).doesNotContainIgnoringCase("select");
  }

  private static String reason(BatchGetResult result) {
    return result.hasStatus()
        ? new Failure("", "", result.getStatus()).reason().replace("loadonce/", "")
        : "";
  }

  private static KeyColumn column(String name, String type) {
    return KeyColumn.newBuilder().setName(name).setType(type).build();
  }
}
