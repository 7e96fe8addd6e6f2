package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import io.loadonce.server.load.Freshness;
import io.loadonce.v1.GetRequest;
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
    assertThat(ParsedGet.of(request)).isEqualTo(new ParsedGet(id, Freshness.ANY_VERSION));
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
    assertThat(ParsedGet.of(request)).isEqualTo(new ParsedGet("a", -3));
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
      byte[] bytes = new byte[random.nextInt(8)];
      random.nextBytes(bytes);
      if (bytes.length > 1 && random.nextBoolean()) {
        bytes[0] = 0x0A;
        bytes[1] = (byte) random.nextInt(8);
      }
      assertThat(idOrNothing(bytes)).as("seed %d", seed).isEqualTo(generatedIdOrNothing(bytes));
    }
  }

  private static String idOrNothing(byte[] bytes) {
    try {
      return "id " + ParsedGet.of(bytes).id();
    } catch (InvalidProtocolBufferException _) {
      return "nothing";
    }
  }

  private static String generatedIdOrNothing(byte[] bytes) {
    try {
      return "id " + GetRequest.parseFrom(bytes).getId();
    } catch (InvalidProtocolBufferException _) {
      return "nothing";
    }
  }
}
