package io.loadonce.server.request;

import static io.loadonce.server.request.Answers.failure;
import static io.loadonce.server.request.ShopService.lines;
import static io.loadonce.server.request.ShopService.price;
import static io.loadonce.server.request.ShopService.product;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.request.Answers.Failure;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo.Source;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Get at a service with three lookups: which lookup and which key a request means. */
class LookupRequestsTest {

  private final ShopService shop = ShopService.open();

  @AfterEach
  void stop() {
    shop.close();
  }

  @Test
  void get_lookupIsNamed_isItsRow() {
    GetResponse reply = shop.get(product("a"));

    assertThat(reply.getResource().getId()).isEqualTo("a");
    assertThat(reply.getResource().getKeyList()).isEmpty();
    assertThat(lookupOf(reply)).isEqualTo("product");
    assertThat(shop.get(product("a")).getInfo().getSource()).isEqualTo(Source.SOURCE_MEMORY);
  }

  @Test
  void get_unknownLookup_isNotFoundWithTheKnownNames() {
    Failure failure = failure(() -> shop.get(product("a").setLookup("produkt")));

    assertThat(failure.status()).isEqualTo("NOT_FOUND");
    assertThat(failure.reason()).isEqualTo("loadonce/UNKNOWN_LOOKUP");
    assertThat(failure.text())
        .isEqualTo(
            "this server has no lookup produkt; name one of these: product, price, order-lines");
    assertThat(failure.detail(ErrorInfo.class).orElseThrow().getMetadataMap())
        .containsEntry("lookup", "produkt");
    assertThat(shop.queries()).isEmpty();
  }

  @Test
  void get_noLookupIsNamedAndThereAreSeveral_isNotFound() {
    Failure failure = failure(() -> shop.get(GetRequest.newBuilder().setId("a")));

    assertThat(failure.reason()).isEqualTo("loadonce/UNKNOWN_LOOKUP");
    assertThat(failure.text())
        .isEqualTo(
            "the request names no lookup, and this server has several; name one of these: product,"
                + " price, order-lines");
  }

  @Test
  void get_longLookupWithControlCharacters_isShownCutAndPlain() {
    Failure failure =
        failure(() -> shop.get(product("a").setLookup("\u001b\n" + "x".repeat(100_000))));

    assertThat(failure.text())
        .isEqualTo(
            "this server has no lookup ??%s...; name one of these: product, price, order-lines"
                .formatted("x".repeat(61)));
  }

  @Test
  void get_unknownAmongManyLookups_listsTheFirst20() {
    List<LookupSettings> hundred =
        IntStream.range(0, 100).mapToObj(i -> ShopSource.PRODUCT.withName("p" + i)).toList();
    try (ShopService many = ShopService.over(hundred)) {
      assertThat(failure(() -> many.get(product("a").setLookup("q"))).text())
          .startsWith("this server has no lookup q; name one of these: p0, p1, ")
          .endsWith(", p19 and 80 more");
    }
  }

  @Test
  void get_keyOfTwoParts_isItsRowWithTheParts() {
    GetResponse reply = shop.get(price("acme", "a|b"));

    assertThat(reply.getResource().getId()).isEmpty();
    assertThat(reply.getResource().getKeyList()).containsExactly("acme", "a|b");
    assertThat(reply.getResource().getVersion()).isEqualTo(ShopSource.VERSION);
  }

  @Test
  void get_keysThatDifferOnlyInWhereTheySplit_areTwoRows() {
    GetResponse one = shop.get(price("a|bc", "d"));
    GetResponse other = shop.get(price("a", "bc|d"));
    GetResponse third = shop.get(price("a|", "bcd"));

    assertThat(one.getResource().getKeyList()).containsExactly("a|bc", "d");
    assertThat(other.getResource().getKeyList()).containsExactly("a", "bc|d");
    assertThat(third.getInfo().getSource()).isEqualTo(Source.SOURCE_LOADED);
    assertThat(shop.queries()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "price #  # acme # this lookup has a key of 2 columns (tenant text, sku text), and the"
            + " request has 1 part",
        "price # acme #  # this lookup has a key of 2 columns (tenant text, sku text); set key,"
            + " with one part for each column, and leave out id",
        "product #  # a,b # this lookup has a key of 1 column (sku text), and the request has 2"
            + " parts",
        "product #  #  # id must not be empty",
        "order-lines # x #  # id must be a decimal number of at most 64 bits",
      })
  void get_keyDoesNotFitTheLookup_isInvalidWithoutQuery(
      String lookup, String id, String parts, String text) {
    GetRequest.Builder request =
        GetRequest.newBuilder().setLookup(lookup).setId(id == null ? "" : id);
    if (parts != null) {
      request.addAllKey(List.of(parts.split(",")));
    }

    Failure failure = failure(() -> shop.get(request));

    assertThat(failure.status()).isEqualTo("INVALID_ARGUMENT");
    assertThat(failure.reason()).isEqualTo("loadonce/INVALID_ID");
    assertThat(failure.text()).isEqualTo(text);
    assertThat(shop.queries()).isEmpty();
  }

  @Test
  void get_idAndKey_isInvalidWithoutQuery() {
    Failure one = failure(() -> shop.get(product("a").addKey("a")));
    Failure several = failure(() -> shop.get(price("acme", "a").setId("acme")));

    assertThat(one.reason()).isEqualTo("loadonce/INVALID_ID");
    assertThat(one.text())
        .isEqualTo(
            "the request has both id and key; the lookup product has the key (sku text), so send"
                + " only id");
    assertThat(several.text())
        .isEqualTo(
            "the request has both id and key; the lookup price has the key (tenant text, sku text),"
                + " so send only key");
    assertThat(shop.queries()).isEmpty();
  }

  @Test
  void get_onePartForAKeyOfOneColumn_isTheSameAsAnId() {
    shop.get(product("a"));

    GetResponse again = shop.get(GetRequest.newBuilder().setLookup("product").addKey("a"));

    assertThat(again.getInfo().getSource()).isEqualTo(Source.SOURCE_MEMORY);
    assertThat(again.getResource().getId()).isEqualTo("a");
  }

  @Test
  void get_minVersionWithoutVersionColumn_namesTheLookup() {
    Failure failure = failure(() -> shop.get(product("a").setMinVersion(1)));

    assertThat(failure.reason()).isEqualTo("loadonce/NO_VERSION_COLUMN");
    assertThat(failure.text())
        .isEqualTo(
            "the lookup product has no version column; set version-column in the settings of the"
                + " server, or leave out min_version");
    assertThat(shop.get(price("acme", "a").setMinVersion(7)).getResource().getVersion())
        .isEqualTo(7);
  }

  @Test
  void get_list_hasItsRowsAndNoData() {
    GetResponse reply = shop.get(lines("1"));

    assertThat(reply.getResource().getRowsList()).hasSize(2);
    assertThat(reply.getResource().hasData()).isFalse();
    assertThat(reply.getResource().getId()).isEqualTo("1");
  }

  @Test
  void get_listWithoutRows_isOkAndCached() {
    GetResponse loaded = shop.get(lines("-1"));
    shop.pass(1);
    GetResponse cached = shop.get(lines("-1"));

    assertThat(loaded.getResource().getId()).isEqualTo("-1");
    assertThat(loaded.getResource().getRowsList()).isEmpty();
    assertThat(loaded.getResource().hasData()).isFalse();
    assertThat(loaded.getInfo().getSource()).isEqualTo(Source.SOURCE_LOADED);
    assertThat(cached.getInfo().getSource()).isEqualTo(Source.SOURCE_MEMORY);
    assertThat(cached.getInfo().getAge().getSeconds()).isEqualTo(1);
    assertThat(shop.queries()).hasSize(1);
  }

  private static String lookupOf(GetResponse reply) {
    return reply.getResource().getData().getFieldsOrThrow("lookup").getStringValue();
  }
}
