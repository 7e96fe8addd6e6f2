package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.loadonce.server.load.Freshness;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.Key;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fast parser of a batch returns what the generated parser returns. */
class ParsedBatchGetTest {

  @Test
  void of_plainAndOtherIds_areTheIdsOfTheRequest() throws Exception {
    List<String> ids = List.of("1", "", "Zürich", "x".repeat(127), "x".repeat(128), "2988507");
    for (int size = 0; size <= ids.size(); size++) {
      byte[] request =
          BatchGetRequest.newBuilder().addAllIds(ids.subList(0, size)).build().toByteArray();
      assertThat(ParsedBatchGet.of(request))
          .isEqualTo(new ParsedBatchGet("", ids.subList(0, size)));
    }
  }

  /** The request is refused for their number, so the rest of them is not read. */
  @Test
  void of_veryManyIds_readsOneMoreThanAreAllowed() throws Exception {
    byte[] request = new byte[512 << 10];
    for (int at = 0; at < request.length; at += 2) {
      request[at] = 0x0A;
    }
    assertThat(ParsedBatchGet.of(request).named().size()).isEqualTo(Reason.MAX_IDS + 1);
  }

  @Test
  void of_withMinVersion_isTheVersion() throws Exception {
    byte[] request =
        BatchGetRequest.newBuilder().addIds("a").addIds("b").setMinVersion(5).build().toByteArray();
    assertThat(ParsedBatchGet.of(request))
        .isEqualTo(
            new ParsedBatchGet(
                new ManyIds("", List.of("a", "b"), List.of()),
                new Conditions(Freshness.ofVersion(5), /* onlyIfCached= */ false, null)));
  }

  @Test
  void of_withLookupOrKeys_areThoseOfTheRequest() throws Exception {
    BatchGetRequest named =
        BatchGetRequest.newBuilder().addIds("1").addIds("2").setLookup("price").build();
    BatchGetRequest keys =
        BatchGetRequest.newBuilder()
            .setLookup("price")
            .addKeys(Key.newBuilder().setLookup("city").setId("1"))
            .addKeys(Key.newBuilder().addKey("7").addKey("a"))
            .build();

    assertThat(ParsedBatchGet.of(named.toByteArray()))
        .isEqualTo(new ParsedBatchGet("price", List.of("1", "2")));
    assertThat(ParsedBatchGet.of(keys.toByteArray()))
        .isEqualTo(
            new ParsedBatchGet(
                new ManyIds("price", List.of(), keys.getKeysList()), Conditions.NONE));
  }

  @Test
  void of_anyBytes_isEqualToTheGeneratedParser() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(10)];
      random.nextBytes(bytes);
      for (int at = 0; at + 1 < bytes.length && random.nextInt(4) != 0; at += 2 + bytes[at + 1]) {
        bytes[at] = random.nextInt(4) == 0 ? (byte) 0x1A : 0x0A;
        bytes[at + 1] = (byte) random.nextInt(4);
      }
      assertThat(idsOrNothing(bytes)).as("seed %d", seed).isEqualTo(generatedOrNothing(bytes));
    }
  }

  private static String idsOrNothing(byte[] bytes) {
    try {
      return ParsedBatchGet.of(bytes).toString();
    } catch (InvalidProtocolBufferException _) {
      return "nothing";
    }
  }

  private static String generatedOrNothing(byte[] bytes) {
    try {
      BatchGetRequest parsed = BatchGetRequest.parseFrom(bytes);
      return new ParsedBatchGet(
              new ManyIds(parsed.getLookup(), parsed.getIdsList(), parsed.getKeysList()),
              Conditions.of(parsed))
          .toString();
    } catch (InvalidProtocolBufferException _) {
      return "nothing";
    }
  }
}
