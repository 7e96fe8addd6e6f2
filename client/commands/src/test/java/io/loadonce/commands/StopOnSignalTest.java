package io.loadonce.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.client.FakeServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ctrl-C in a real process. */
@Tag("slow")
@Timeout(60)
class StopOnSignalTest {

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @Test
  void sigint_loadTestIsRunning_printsWhatItHas() throws Exception {
    try (FakeServer server = new FakeServer()) {
      Process load = start(server, "--ids", "1,silent", "--deadline", "1h", "--callers", "4");
      try {
        awaitCalls(server, load);
        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(load.pid())).start().waitFor())
            .isZero();

        String printed = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(load.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(load.exitValue()).as(printed).isEqualTo(130);
        assertThat(printed)
            .contains("succeeded |", "cancelled at the end |     4 |", "warm-up: 0ms")
            .doesNotContain("Exception");
      } finally {
        load.destroyForcibly();
      }
    }
  }

  private static Process start(FakeServer server, String... flags) throws IOException {
    ProcessBuilder process =
        new ProcessBuilder(
            // A shell may have told the processes that it starts to ignore SIGINT.
            "env",
            "--default-signal=INT",
            JAVA.toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "load",
            "--target",
            server.target(),
            "--warm-up",
            "0s",
            "--duration",
            "1h",
            "--admin",
            "http://127.0.0.1:1");
    process.command().addAll(List.of(flags));
    return process.redirectErrorStream(true).start();
  }

  /** Four callers: each of them is silent after some calls. */
  private static void awaitCalls(FakeServer server, Process load) throws InterruptedException {
    long silent = 0;
    while (silent < 4 && load.isAlive()) {
      silent = server.requests.stream().filter(each -> each.getId().equals("silent")).count();
      assertThat(load.waitFor(20, TimeUnit.MILLISECONDS)).isFalse();
    }
  }
}
