package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.settings.ConfigPage;
import io.loadonce.server.settings.Setting;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the command line answers when it does not serve. */
class MainTest {

  /** What a run left behind. */
  private record Ended(int status, String out, String err) {}

  @ParameterizedTest
  @EnumSource
  void help_eachKey_isThereWithItsDefault(Setting setting) throws Exception {
    Ended help = run("--help");

    assertThat(help.status()).isZero();
    assertThat(help.err()).isEmpty();
    String value = "=" + setting.unit();
    assertThat(help.out())
        .contains(setting.flag() + (setting.isSwitch() ? "[" + value + "]" : value));
    assertThat(help.out().replaceAll("\\s+", ""))
        .contains(setting.defaultText().replaceAll("\\s+", ""));
    assertThat(help.out()).contains("\n" + setting.group().heading() + "\n");
  }

  /** The terminal's 80 columns are used, and no line ends after a few words. */
  @Test
  void help_footer_fillsItsLines() throws Exception {
    assertThat(run("--help").out())
        .endsWith(
            """

            Each flag can also be set as an environment variable (LOADONCE_POOL_SIZE) or in
            the file (pool-size). A flag wins over a variable, and a variable over the
            file. TIME is 500ms, 10s, 2m or 1h; BYTES is 1048576, 64KiB, 64MiB or 1GiB.

            Exit codes: 0 when every call was answered before the end; 2 for a wrong
            setting; 3 when calls were cancelled because the drain time-out passed; 1 for
            any other error.
            """);
  }

  @Test
  void printConfig_each_hasValueAndOrigin() throws Exception {
    Ended page =
        run(
            Map.of("LOADONCE_POOL_SIZE", "3"),
            "serve",
            "--print-config",
            "--port=0",
            "--db-url",
            "jdbc:h2:mem:a");

    assertThat(page.status()).isZero();
    assertThat(page.out().lines().map(String::strip))
        .contains(
            "port: 0  # flag --port",
            "pool-size: 3  # environment LOADONCE_POOL_SIZE",
            "url: jdbc:h2:mem:a  # flag --db-url",
            "ttl: 60s  # default",
            "# password-file: not set")
        .noneMatch(line -> line.startsWith("# cache-bytes"));
    for (Setting setting : Setting.values()) {
      if (setting.scope() != Setting.Scope.ONE_LOOKUP) {
        assertThat(page.out()).containsPattern("(?m)^ *(# )?" + setting.yamlKey() + ": ");
      }
    }
  }

  @Test
  void version_anyCommand_isOneLineWithTheBuildAndJava() throws Exception {
    for (String[] command : new String[][] {{"--version"}, {"serve", "--version"}}) {
      Ended version = run(command);

      assertThat(version.status()).isZero();
      assertThat(version.err()).isEmpty();
      assertThat(version.out()).matches("loadonce \\d+\\.\\d+\\.\\d+ \\(Java 25.*\\)\\n");
    }
  }

  @Test
  void masked_urlsWithSecrets_hideThem() {
    assertThat(
            Stream.of(
                    "jdbc:mysql://ann:pa55@host/db",
                    "jdbc:x://host/db?user=ann&password=pa55&ssl=true",
                    "jdbc:x://host/db;Password=pa55;a=b")
                .map(ConfigPage::masked))
        .containsExactly(
            "jdbc:mysql://ann:****@host/db",
            "jdbc:x://host/db?user=ann&password=****&ssl=true",
            "jdbc:x://host/db;Password=****;a=b");
  }

  @Test
  void flag_unknown_isNamedWithSimilarOnes() throws Exception {
    assertThat(run("--prot", "1")).isEqualTo(refused("--prot: unknown; did you mean --port?"));
    assertThat(run("--colour", "1"))
        .isEqualTo(refused("--colour: unknown; ./loadonce serve --help lists the settings"));
  }

  @Test
  void flag_twice_isRejected() throws Exception {
    assertThat(run("--port", "0", "--port", "1"))
        .isEqualTo(refused("--port: set twice; set it once"));
  }

  @Test
  void flag_withoutValue_isRejected() throws Exception {
    assertThat(run("serve", "--port"))
        .isEqualTo(refused("Missing required parameter for option '--port' (N)"));
  }

  @Test
  void serve_portTaken_isRejectedOnOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      String line = "port: cannot listen on 127.0.0.1:%s; choose a free port, or 0".formatted(port);

      assertThat(run("--port", port, "--admin-port", "0")).isEqualTo(refused(line));
      assertThat(run("--port", "0", "--admin-port", port)).isEqualTo(refused("admin-" + line));
    }
  }

  /** 192.0.2.1 is for documentation, and of no machine. */
  @Test
  void serve_hostOfAnotherMachine_isRejectedByItsFlag() throws Exception {
    String line =
        "host: 192.0.2.1 is not an address of this machine; name one that is, or 0.0.0.0 for all";

    assertThat(run("--host", "192.0.2.1", "--port", "0", "--admin-port", "0"))
        .isEqualTo(refused(line));
    assertThat(run("--admin-host", "192.0.2.1", "--port", "0", "--admin-port", "0"))
        .isEqualTo(refused("admin-" + line));
  }

  private static Ended refused(String line) {
    return new Ended(2, "", "loadonce: " + line + "\n");
  }

  private static Ended run(String... arguments) throws Exception {
    return run(Map.of(), arguments);
  }

  private static Ended run(Map<String, String> environment, String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            List.of(arguments),
            environment,
            new PrintStream(out, /* autoFlush= */ true, StandardCharsets.UTF_8),
            new PrintStream(err, /* autoFlush= */ true, StandardCharsets.UTF_8));
    return new Ended(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
