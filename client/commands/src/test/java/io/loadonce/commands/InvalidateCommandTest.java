package io.loadonce.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.client.FakeServer;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateRequest.Strength;
import io.loadonce.v1.Key;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InvalidateCommandTest {

  private final FakeServer server = new FakeServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void invalidate_ids_printsWhatWasRemoved() {
    assertThat(invalidate("--lookup", "product", "7", "8"))
        .isEqualTo(new CommandRun(0, counts(2, 1), ""));
    assertThat(server.invalidations)
        .containsExactly(sent().setLookup("product").addIds("7").addIds("8").build());
  }

  @Test
  void invalidate_keyOfTwoParts_isOneKey() {
    assertThat(invalidate("--lookup", "price", "--key", "acme", "--key", "a,b").exitCode())
        .isZero();
    assertThat(server.invalidations)
        .containsExactly(
            sent()
                .addKeys(Key.newBuilder().setLookup("price").addKey("acme").addKey("a,b"))
                .build());
  }

  @Test
  void invalidate_all_namesNoId() {
    assertThat(invalidate("--all", "--lookup", "product").exitCode()).isZero();
    assertThat(server.invalidations)
        .containsExactly(sent().setLookup("product").setAll(true).build());
  }

  @Test
  void invalidate_2001Ids_goInThreeCallsWhoseCountsAreAdded() {
    CommandRun run =
        invalidate(
            IntStream.rangeClosed(1, 2_001).mapToObj(Integer::toString).toArray(String[]::new));

    assertThat(run.out()).isEqualTo(counts(2_001, 3));
    assertThat(server.invalidations)
        .extracting(InvalidateRequest::getIdsCount)
        .containsExactly(1_000, 1_000, 1);
  }

  @Test
  void invalidate_noServer_printsOneLineAndExitsWith1() {
    server.close();

    CommandRun run = invalidate("--attempts", "1", "1");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines())
        .singleElement()
        .asString()
        .startsWith("loadonce: " + server.target() + ": UNAVAILABLE: cannot connect");
  }

  @Test
  void invalidate_seen_asksForThatStrength() {
    assertThat(invalidate("--strength", "seen", "7").exitCode()).isZero();
    assertThat(invalidate("--all", "--strength=SEEN").exitCode()).isZero();
    assertThat(server.invalidations)
        .extracting(InvalidateRequest::getStrength)
        .containsExactly(Strength.STRENGTH_SEEN, Strength.STRENGTH_SEEN);
  }

  @Test
  void invalidate_unknownStrength_printsWhatWouldBeRight() {
    CommandRun run = invalidate("--strength", "soon", "7");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--strength").contains("'soon'").contains("SENT, SEEN");
  }

  private static InvalidateRequest.Builder sent() {
    return InvalidateRequest.newBuilder().setStrength(Strength.STRENGTH_SENT);
  }

  private static String counts(int entries, int flights) {
    return "{\"entriesRemoved\":%d,\"flightsFenced\":%d,\"instancesReached\":1,\"instancesWaitedOut\":0}\n"
        .formatted(entries, flights);
  }

  private CommandRun invalidate(String... arguments) {
    List<String> all =
        Stream.concat(Stream.of("invalidate", "--target", server.target()), Stream.of(arguments))
            .toList();
    return CommandRun.of(all.toArray(String[]::new));
  }
}
