package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import io.loadonce.server.load.Freshness;
import io.loadonce.v1.GetRequest;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast parser of a request returns what the generated parser returns. */
class ParsedGetTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "2988507", "a b\n", "\u0000", "Zürich", "\uD83D\uDE00", "~"})
  void of_anyId_isTheIdOfTheRequest(String id) throws Exception {
    byte[] request = GetRequest.newBuilder().setId(id).build().toByteArray();
    assertThat(ParsedGet.of(request)).isEqualTo(new ParsedGet("", id));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "product", "Zürich", "~"})
  void of_anyLookup_isTheLookupOfTheRequest(String lookup) throws Exception {
    byte[] request = GetRequest.newBuilder().setId("7").setLookup(lookup).build().toByteArray();
    assertThat(ParsedGet.of(request)).isEqualTo(new ParsedGet(lookup, "7"));
  }

  @Test
  void of_everyField_isInTheRequest() throws Exception {
    Duration age = Duration.newBuilder().setSeconds(2).setNanos(5).build();
    byte[] request =
        GetRequest.newBuilder()
            .setLookup("price")
            .addKey("7")
            .addKey("a|b")
            .setMinVersion(3)
            .setMaxAge(age)
            .setOnlyIfCached(true)
            .build()
            .toByteArray();

    assertThat(ParsedGet.of(request))
        .isEqualTo(
            new ParsedGet(
                "price",
                "",
                List.of("7", "a|b"),
                new Conditions(new Freshness(3, 2_000_000_005L), /* onlyIfCached= */ true, null)));
  }

  @ParameterizedTest
  @ValueSource(ints = {126, 127, 128, 300})
  void of_longId_isTheIdOfTheRequest(int length) throws Exception {
    String id = "x".repeat(length);
    byte[] request = GetRequest.newBuilder().setId(id).build().toByteArray();
    assertThat(ParsedGet.of(request).id()).isEqualTo(id);
  }

  @Test
  void of_withMinVersion_isTheVersion() throws Exception {
    byte[] request = GetRequest.newBuilder().setId("a").setMinVersion(-3).build().toByteArray();
    assertThat(ParsedGet.of(request))
        .isEqualTo(
            new ParsedGet(
                "",
                "a",
                List.of(),
                new Conditions(Freshness.ofVersion(-3), /* onlyIfCached= */ false, null)));
  }

  @Test
  void of_invalidUtf8_isRejected() {
    byte[] request = {0x0A, 2, 'a', (byte) 0xFF};
    assertThatExceptionOfType(InvalidProtocolBufferException.class)
        .isThrownBy(() -> ParsedGet.of(request));
  }

  @Test
  void of_anyBytes_isEqualToTheGeneratedParser() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      byte[] tags = {0x0A, 0x1A, 0x22};
      for (int at = 0; at + 1 < bytes.length && random.nextInt(4) != 0; at += 2 + bytes[at + 1]) {
        bytes[at] = tags[at == 0 ? 0 : random.nextInt(tags.length)];
        bytes[at + 1] = (byte) random.nextInt(5);
      }
      assertThat(idOrNothing(bytes)).as("seed %d", seed).isEqualTo(generatedIdOrNothing(bytes));
    }
  }

  private static String idOrNothing(byte[] bytes) {
    try {
      return ParsedGet.of(bytes).toString();
    } catch (InvalidProtocolBufferException _) {
      return "nothing";
    }
  }

  private static String generatedIdOrNothing(byte[] bytes) {
    try {
      GetRequest parsed = GetRequest.parseFrom(bytes);
      return new ParsedGet(
              parsed.getLookup(), parsed.getId(), parsed.getKeyList(), Conditions.of(parsed))
          .toString();
    } catch (InvalidProtocolBufferException _) {
      return "nothing";
    }
  }
}
