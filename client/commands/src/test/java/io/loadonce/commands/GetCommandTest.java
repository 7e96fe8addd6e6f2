package io.loadonce.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.loadonce.client.FakeServer;
import io.loadonce.client.SelfSigned;
import io.loadonce.v1.GetRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GetCommandTest {

  private static final String PARIS =
      "{\"id\":\"2988507\",\"version\":\"0\",\"data\":{\"name\":\"Paris\",\"population\":2138551,"
          + "\"longitude\":2.3488},\"source\":\"MEMORY\",\"age\":\"0.012s\"}\n";

  private final FakeServer server = new FakeServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void get_rowIsThere_printsOneJsonObjectOnOneLine() {
    assertThat(get("2988507")).isEqualTo(new CommandRun(0, PARIS, ""));
  }

  @Test
  void get_lookupReturnsLists_printsTheRowsOfEachId() {
    assertThat(get("--lookup", "order-lines", "1", "0"))
        .isEqualTo(
            new CommandRun(
                0,
                """
                {"id":"1","version":"0","rows":[{"name":"Paris","population":2138551,\
                "longitude":2.3488}],"source":"MEMORY","age":"0.012s"}
                {"id":"0","version":"0","rows":[],"source":"MEMORY","age":"0.012s"}
                """,
                ""));
  }

  @Test
  void get_keyOfTwoParts_printsTheKeyInPlaceOfAnId() {
    CommandRun run = get("--lookup", "price", "--key", "acme", "--key", "a,b");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("{\"key\":[\"acme\",\"a,b\"],\"version\":\"0\",\"data\":{");
  }

  @Test
  void get_unknownLookup_saysSoAndExitsWith1() {
    assertThat(get("--lookup", "none", "7"))
        .isEqualTo(
            new CommandRun(
                1, "", "7: NOT_FOUND (UNKNOWN_LOOKUP): this server has no lookup none\n"));
  }

  @Test
  void get_neitherIdsNorKeyOrBoth_saysWhatIsMissingAndExitsWith2() {
    assertThat(get())
        .isEqualTo(
            new CommandRun(
                2, "", "loadonce: there is no ID; name one or more ids, or one key with --key\n"));
    assertThat(get("--key", "a", "7"))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "loadonce: there are both ids and --key; set --key for a key of several columns"
                    + " only\n"));
  }

  @Test
  void get_conditions_areSentForOneIdAndForMany() {
    get("--max-age", "1500ms", "--only-if-cached", "7");
    assertThat(server.requests)
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.getMaxAge()).isEqualTo(Durations.fromMillis(1_500));
              assertThat(request.getOnlyIfCached()).isTrue();
              assertThat(request.hasMinVersion()).isFalse();
            });
    assertThat(get("--min-version", "3", "7", "8"))
        .isEqualTo(
            new CommandRun(
                1,
                "",
                """
                7: FAILED_PRECONDITION (VERSION_TOO_OLD): version 0 is too old
                8: FAILED_PRECONDITION (VERSION_TOO_OLD): version 0 is too old
                """));
  }

  @Test
  void get_idIsMissing_saysSoOnStandardErrorAndExitsWith4() {
    assertThat(get("missing1")).isEqualTo(new CommandRun(4, "", "missing1: not found\n"));
  }

  @Test
  void get_oneOfManyIsMissing_printsTheOthersAndExitsWith4() {
    CommandRun run = get("1", "missing1", "2");

    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.out().lines()).hasSize(2);
    assertThat(run.err()).isEqualTo("missing1: not found\n");
  }

  @Test
  void get_oneIsMissingAndOneFails_exitsWith1() {
    assertThat(get("missing1", "down", "1").exitCode()).isEqualTo(1);
    assertThat(get("down", "missing1").exitCode()).isEqualTo(1);
  }

  @Test
  void get_databaseIsDown_printsCodeReasonAndMessageOnOneLine() {
    CommandRun run = get("--attempts", "1", "down");

    assertThat(run)
        .isEqualTo(
            new CommandRun(
                1,
                "",
                "down: UNAVAILABLE (DATABASE_UNAVAILABLE): the database cannot be reached\n"));
  }

  /** Attempts fail until the deadline ends them; the line says why they failed. */
  @Test
  void get_databaseIsDownUntilTheDeadline_printsWhatTheServerSaidLast() {
    server.failuresFirst.set(100);

    assertThat(get("--deadline", "1100ms", "7"))
        .isEqualTo(
            new CommandRun(
                1, "", "7: UNAVAILABLE (DATABASE_UNAVAILABLE): the database cannot be reached\n"));
    assertThat(server.gets).hasValueBetween(1, 4);
  }

  @Test
  void get_serverDoesNotAnswer_namesTheServerAndExitsWith1() {
    assertThat(get("--deadline", "100ms", "silent"))
        .isEqualTo(
            new CommandRun(
                1,
                "",
                "loadonce: %s: DEADLINE_EXCEEDED: no answer before the deadline\n"
                    .formatted(server.target())));
  }

  @Test
  void get_noServer_printsOneLineAndExitsWith1() {
    server.close();

    CommandRun run = get("--attempts", "1", "1", "2");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines())
        .singleElement()
        .asString()
        .contains("UNAVAILABLE: cannot connect: ", "refused");
  }

  @Test
  void get_2001Ids_goInThreeBatchesInOrder() {
    List<String> ids = IntStream.rangeClosed(1, 2_001).mapToObj(Integer::toString).toList();

    CommandRun run = get(ids.toArray(String[]::new));

    assertThat(server.batches).extracting(List::size).containsExactly(1_000, 1_000, 1);
    assertThat(server.batches.stream().flatMap(List::stream)).isEqualTo(ids);
    assertThat(run.out().lines()).hasSize(2_001);
  }

  @Test
  void get_affinity_sendsEachIdToItsInstanceAloneAndInABatch() {
    List<String> ids = IntStream.rangeClosed(1, 40).mapToObj(Integer::toString).toList();
    try (FakeServer other = new FakeServer()) {
      String both = server.target() + "," + other.target();
      CommandRun run =
          get(
              Stream.concat(Stream.of("--target", both, "--affinity", "1"), ids.stream())
                  .toArray(String[]::new));
      Set<String> here = idsOf(server);
      Set<String> there = idsOf(other);

      assertThat(run.exitCode()).isZero();
      assertThat(run.out().lines())
          .zipSatisfy(ids, (line, id) -> assertThat(line).startsWith("{\"id\":\"" + id + "\""));
      assertThat(here).isNotEmpty().doesNotContainAnyElementsOf(there);
      assertThat(there).isNotEmpty();
      assertThat(here.size() + there.size()).isEqualTo(40);
      get("--target", both, "--affinity", "1", here.iterator().next());
      get("--target", both, "--affinity", "1", there.iterator().next());
      assertThat(idsOf(server)).isEqualTo(here);
      assertThat(idsOf(other)).isEqualTo(there);
    }
    assertThat(get("--affinity", "17", "1"))
        .isEqualTo(new CommandRun(2, "", "loadonce: affinity is 17 but must be from 0 to 16\n"));
  }

  @Test
  void get_targetInTheEnvironment_isUsedUnlessAFlagSaysOtherwise() {
    Map<String, String> here = Map.of("LOADONCE_TARGET", server.target());
    Map<String, String> nowhere = Map.of("LOADONCE_TARGET", "127.0.0.1:1");

    assertThat(CommandRun.with(here, "get", "2988507").out()).isEqualTo(PARIS);
    assertThat(CommandRun.with(nowhere, "get", "2988507", "--target", server.target()).out())
        .isEqualTo(PARIS);
  }

  @Test
  void get_tlsIsSetByTheEnvironmentAndUnsetByTheFlag_speaksPlaintext() {
    Map<String, String> environment = Map.of("LOADONCE_TLS", "true");

    assertThat(CommandRun.with(environment, "get", "--target", server.target(), "1").exitCode())
        .isEqualTo(1);
    assertThat(
            CommandRun.with(
                environment, "get", "--target", server.target(), "--tls=false", "2988507"))
        .isEqualTo(new CommandRun(0, PARIS, ""));
  }

  @Test
  void get_tlsCaIsSet_speaksTls(@TempDir Path folder) throws Exception {
    SelfSigned certificate = SelfSigned.in(folder);
    try (FakeServer encrypted = new FakeServer(certificate.serverCredentials())) {
      CommandRun run =
          CommandRun.of(
              "get",
              "2988507",
              "--target",
              encrypted.target(),
              "--tls-ca",
              certificate.caFile().toString());

      assertThat(run).isEqualTo(new CommandRun(0, PARIS, ""));
    }
  }

  @Test
  void get_tlsCaIsNotThere_saysWhichFileAndExitsWith1() {
    assertThat(get("--tls-ca", "none.pem", "1"))
        .isEqualTo(new CommandRun(1, "", "loadonce: cannot read certificates from none.pem\n"));
  }

  private static Set<String> idsOf(FakeServer server) {
    return Stream.concat(
            server.requests.stream().map(GetRequest::getId),
            server.batches.stream().flatMap(List::stream))
        .collect(Collectors.toSet());
  }

  private CommandRun get(String... arguments) {
    List<String> all = new ArrayList<>(List.of("get"));
    if (!List.of(arguments).contains("--target")) {
      all.addAll(List.of("--target", server.target()));
    }
    all.addAll(List.of(arguments));
    return CommandRun.of(all.toArray(String[]::new));
  }
}
