package io.loadonce.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.loadonce.client.FakeServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          get 1 --tarket x            | --tarket
          get                         | ID
          gte 1                       | gte
          get 1 --max-age -1s         | '-1s' is not a duration such as 500ms
          get 1 --min-version new     | --min-version
          invalidate                  | there is no ID
          invalidate 1 --all          | both --all and an ID
          get 1 --target nowhere      | target is 'nowhere' but must be host:port
          get 1 --target host:70000   | a port from 1 to 65535
          get 1 --deadline soon       | 'soon' is not a duration such as 500ms
          get 1 --deadline 2h         | deadline is 2h but must be from 0.001s to 1h
          get 1 --attempts 6          | attempts is 6 but must be from 1 to 5
          get 1 --attempts many       | --attempts
          check now                   | now
          check --tls-cert a.pem      | only one of --tls-cert and --tls-key is set; set both
          check --tls-key a.pem       | only one of --tls-cert and --tls-key is set; set both
          """)
  void run_commandLineIsWrong_saysSoOnOneLineAndExitsWith2(String line, String said) {
    CommandRun run = CommandRun.of(line.split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).singleElement().asString().contains(said);
  }

  @Test
  void run_flagIsNearlyRight_suggestsTheRightOne() {
    assertThat(CommandRun.of("get", "1", "--tarket=x").err()).contains("did you mean --target");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--help", "get --help", "invalidate --help", "check --help", "load --help"})
  void run_help_printsUsageAndExitsWith0(String line) {
    CommandRun run = CommandRun.of(line.split(" "));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: loadonce");
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "get --version", "load --version"})
  void run_version_printsLoadonceAndJavaAndExitsWith0(String line) {
    CommandRun run = CommandRun.with(Map.of("LOADONCE_VERSION", "x"), line.split(" "));

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .hasSize(2)
        .anySatisfy(loadonce -> assertThat(loadonce).matches("Loadonce \\d+\\.\\d+\\.\\d+\\S*.*"))
        .contains("Java " + Runtime.version());
  }

  @Test
  void version_buildIsKnown_isPrinted() {
    assertThat(Version.lines("1.2.3", "4f2c1aa")).contains("Loadonce 1.2.3 (build 4f2c1aa)");
    assertThat(Version.lines("1.2.3", "")).contains("Loadonce 1.2.3");
  }

  /** What the help says of a default is what holds without the flag. */
  @Test
  void run_loadHelp_hasTheDefaultOfEachFlag() {
    assertThat(CommandRun.of("load", "--help").out().replaceAll("\\s+", ""))
        .contains("Default:127.0.0.1:50051.")
        .contains("Default:http://127.0.0.1:50080.")
        .contains("Default:2988507(Paris).")
        .doesNotContain("DEFAULT-VALUE", "null");
  }

  @Test
  void run_noCommand_namesThem() {
    assertThat(CommandRun.of().exitCode()).isEqualTo(2);
    assertThat(CommandRun.of().err()).contains("get, invalidate, explain, check and load");
  }

  @Test
  void run_environmentIsWrong_saysSo() {
    CommandRun run = CommandRun.with(Map.of("LOADONCE_DEADLINE", "soon"), "get", "1");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--deadline").contains("soon");
  }

  @Test
  void check_serverServes_exitsWith0() {
    try (FakeServer server = new FakeServer()) {
      assertThat(CommandRun.of("check", "--target", server.target()))
          .isEqualTo(new CommandRun(0, "SERVING\n", ""));
    }
  }

  @Test
  void check_lookup_isThatOfTheLookup() {
    try (FakeServer server = new FakeServer()) {
      server.health.setStatus("lookup/price", ServingStatus.NOT_SERVING);

      CommandRun price = CommandRun.of("check", "--lookup", "price", "--target", server.target());
      CommandRun none = CommandRun.of("check", "--lookup", "none", "--target", server.target());

      assertThat(price.exitCode()).isEqualTo(1);
      assertThat(price.err()).contains("does not accept calls: NOT_SERVING");
      assertThat(none.exitCode()).isEqualTo(1);
      assertThat(none.err()).contains("NOT_FOUND");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"get 1", "check", "load"})
  void run_tokenFileIsNotThere_saysSoOnOneLine(String line) {
    CommandRun run = CommandRun.of((line + " --token-file no/such/file").split(" "));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("loadonce: cannot read a token from no/such/file: no/such/file\n");
  }

  @Test
  void check_serverDrains_exitsWith1() {
    try (FakeServer server = new FakeServer()) {
      server.health.setStatus("", ServingStatus.NOT_SERVING);

      CommandRun run = CommandRun.of("check", "--target", server.target());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err().lines()).singleElement().asString().contains("NOT_SERVING");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"get 1", "check", "load"})
  void run_httpServerListens_asksForTheRightPortOnOneLine(String line) throws Exception {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.start();
    try {
      String target = "127.0.0.1:" + http.getAddress().getPort();

      CommandRun run = CommandRun.of((line + " --target " + target).split(" "));

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err().lines())
          .singleElement()
          .asString()
          .startsWith("loadonce: " + target + ": ")
          .contains("does not speak gRPC", "is this the right port?");
    } finally {
      http.stop(0);
    }
  }

  @Test
  void check_noServer_exitsWith1AndOneLine() {
    CommandRun run = CommandRun.of("check", "--target", "127.0.0.1:1");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines())
        .singleElement()
        .asString()
        .startsWith("loadonce: 127.0.0.1:1: UNAVAILABLE: cannot connect: ");
  }
}
