package io.loadonce.server.request;

import static io.loadonce.server.request.Answers.failure;
import static io.loadonce.server.request.ShopService.lines;
import static io.loadonce.server.request.ShopService.product;
import static io.loadonce.server.request.ShopService.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.loadonce.server.request.Answers.Failure;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.LookupInfo.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Get with max_age and with only_if_cached. */
class ConditionsTest {

  private final ShopService shop = ShopService.open();

  @AfterEach
  void stop() {
    shop.close();
  }

  @Test
  void get_maxAge_acceptsOnlyEntriesThatAreYoungEnough() {
    shop.get(product("a"));
    shop.pass(2);

    assertThat(shop.get(product("a").setMaxAge(seconds(2))).getInfo().getSource())
        .isEqualTo(Source.SOURCE_MEMORY);
    assertThat(shop.get(product("a").setMaxAge(seconds(1))).getInfo().getSource())
        .isEqualTo(Source.SOURCE_LOADED);
    assertThat(shop.get(product("a").setMaxAge(seconds(1))).getInfo().getSource())
        .isEqualTo(Source.SOURCE_MEMORY);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0",
    "0, -1",
    "1, 1000000000",
    "315576000001, 0",
    "-9223372036854775808, 0",
    "1, -1"
  })
  void get_maxAgeIsNegativeOrInvalid_isInvalidArgument(long seconds, int nanos) {
    Duration age = Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();

    Failure failure = failure(() -> shop.get(product("a").setMaxAge(age)));

    assertThat(failure.status()).isEqualTo("INVALID_ARGUMENT");
    assertThat(failure.reason()).isEqualTo("loadonce/INVALID_MAX_AGE");
    assertThat(failure.text())
        .isEqualTo(
            "max_age must be 0 s to 315,576,000,000 s, with 0 to 999,999,999 ns, not %d s and %d ns"
                .formatted(seconds, nanos));
    assertThat(shop.queries()).isEmpty();
  }

  @Test
  void get_longestMaxAge_acceptsAnyEntry() {
    shop.get(product("a"));
    shop.pass(20);

    for (long seconds : new long[] {9_000_000_000L, 9_000_000_001L, 315_576_000_000L}) {
      Duration age = seconds(seconds).toBuilder().setNanos(999_999_999).build();
      assertThat(shop.get(product("a").setMaxAge(age)).getInfo().getSource())
          .isEqualTo(Source.SOURCE_MEMORY);
    }
  }

  @Test
  void get_onlyIfCachedAndMiss_isNotInMemoryWithoutQuery() {
    Failure failure = failure(() -> shop.get(product("a").setOnlyIfCached(true)));

    assertThat(failure.status()).isEqualTo("NOT_FOUND");
    assertThat(failure.reason()).isEqualTo("loadonce/NOT_IN_MEMORY");
    assertThat(failure.text())
        .isEqualTo(
            "the cache has no entry for this id that may be served; leave out only_if_cached to"
                + " load it");
    assertThat(shop.queries()).isEmpty();
  }

  @Test
  void get_onlyIfCachedAndHit_isTheEntry() {
    shop.get(product("a"));
    shop.get(lines("-1"));
    failure(() -> shop.get(product("missing")));
    shop.queries().clear();

    assertThat(shop.get(product("a").setOnlyIfCached(true)).getResource().getId()).isEqualTo("a");
    assertThat(shop.get(lines("-1").setOnlyIfCached(true)).getResource().getRowsList()).isEmpty();
    assertThat(failure(() -> shop.get(product("missing").setOnlyIfCached(true))).reason())
        .isEqualTo("loadonce/NOT_FOUND");
    assertThat(shop.queries()).isEmpty();
  }

  @Test
  void get_onlyIfCachedAndTooOld_isNotInMemoryWithoutQuery() {
    shop.get(product("a"));
    shop.pass(2);
    shop.queries().clear();

    GetRequest.Builder request = product("a").setOnlyIfCached(true).setMaxAge(seconds(1));

    assertThat(failure(() -> shop.get(request)).reason()).isEqualTo("loadonce/NOT_IN_MEMORY");
    assertThat(shop.queries()).isEmpty();
  }
}
