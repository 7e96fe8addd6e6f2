package io.loadonce.bench.speed.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestsTest {

  private static final int ROWS = 20_000;

  @Test
  void scattered_allPlaces_isEachRowOnce() {
    assertThat(LongStream.range(0, ROWS).map(place -> Requests.scattered(place, ROWS)).distinct())
        .hasSize(ROWS)
        .allMatch(id -> id >= 1 && id <= ROWS);
  }

  @Test
  void gets_encoded_areReadByTheGeneratedParser() throws Exception {
    assertThat(GetRequest.parseFrom(Requests.gets(0, 1, ROWS)[0]).getId()).isEqualTo("1");
    assertThat(BatchGetRequest.parseFrom(RawCalls.batchGet(5, 3)).getIdsList())
        .containsExactly("5", "6", "7");
  }

  @Test
  void once_afterTheLast_hasNoMore() {
    Supplier<byte @Nullable []> once = Requests.once(Requests.gets(0, 2, ROWS));

    assertThat(once.get()).isNotNull();
    assertThat(once.get()).isNotNull();
    assertThat(once.get()).isNull();
  }
}
