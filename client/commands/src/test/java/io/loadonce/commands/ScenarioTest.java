package io.loadonce.commands;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.commands.load.Scenario;
import io.loadonce.commands.load.record.RunJson;
import io.loadonce.commands.load.record.RunRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScenarioTest {

  @ParameterizedTest
  @EnumSource(names = "failover", mode = EnumSource.Mode.EXCLUDE)
  void scenario_serverLoadsOnce_passes(Scenario scenario) throws IOException {
    try (CachingServer server = new CachingServer(/* loadsOnce= */ true)) {
      CommandRun run = run(server, scenario);

      assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
      assertThat(run.out()).contains(scenario + ": passed. The server loaded ");
    }
  }

  /** The planted bug: a cache without load-once. */
  @ParameterizedTest
  @EnumSource(names = "failover", mode = EnumSource.Mode.EXCLUDE)
  void scenario_serverWithoutLoadOnce_fails(Scenario scenario) throws IOException {
    try (CachingServer server = new CachingServer(/* loadsOnce= */ false)) {
      CommandRun run = run(server, scenario);

      assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(3);
      assertThat(run.out()).contains(scenario + ": failed. The server loaded ");
    }
  }

  @Test
  void herd_serverLoadsOnce_saysWhatItWouldHaveCost() throws IOException {
    try (CachingServer server = new CachingServer(/* loadsOnce= */ true)) {
      assertThat(run(server, Scenario.herd).out())
          .endsWith(
              "herd: passed. The server loaded 1 id with 1 query; at most 1 is right. Without"
                  + " load-once the same calls would have cost 40 queries: one for each call that"
                  + " found no row in the cache.\n");
    }
  }

  @Test
  void scenario_longerThanHalfOfTheTimeToLive_isRefused() throws IOException {
    try (CachingServer server = new CachingServer(/* loadsOnce= */ true)) {
      CommandRun run = run(server, Scenario.steady, "31m");

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err())
          .isEqualTo(
              "loadonce: duration is 31m but must be at most 30m with --scenario steady: half of"
                  + " the time to live\n");
    }
  }

  @Test
  void herd_jsonAndFile_haveTheVerdict(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("run.json");
    try (CachingServer server = new CachingServer(/* loadsOnce= */ false)) {
      Map<String, String> environment =
          Map.of(
              "LOADONCE_ADMIN",
              server.admin(),
              "LOADONCE_WARM_UP",
              "0s",
              "LOADONCE_TARGET",
              server.target());
      CommandRun run =
          CommandRun.with(
              environment, "load", "--scenario", "herd", "--json", "--out", file.toString());

      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.out()).contains("\"verdict\":\"herd: failed. The server loaded ");
    }
    RunRecord.Verdict verdict = requireNonNull(RunJson.read(file).verdict());
    assertThat(verdict.isPassed()).isFalse();
    assertThat(verdict.text()).startsWith("herd: failed. The server loaded ");
  }

  @Test
  void invalidate_serverIgnoresInvalidations_fails() throws IOException {
    try (CachingServer server = new CachingServer(/* loadsOnce= */ true)) {
      server.ignoreInvalidations();
      CommandRun run = run(server, Scenario.invalidate);

      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.out())
          .containsPattern(
              "invalidate: failed, because no id was loaded again after one of \\d+ invalidations");
    }
  }

  @Test
  void avalanche_invalidationHalfWayIsRefused_failsAndWritesItsFile(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("run.json");
    try (CachingServer server = new CachingServer(/* loadsOnce= */ true)) {
      server.refuseInvalidationsAfter(1);
      CommandRun run =
          CommandRun.with(
              Map.of("LOADONCE_WARM_UP", "0s", "LOADONCE_OUT", file.toString()),
              "load",
              "--target",
              server.target(),
              "--admin",
              server.admin(),
              "--scenario",
              "avalanche",
              "--duration",
              "300ms");

      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.out())
          .contains(
              "avalanche: failed, because the ids could not be invalidated half way:"
                  + " PERMISSION_DENIED");
    }
    assertThat(requireNonNull(RunJson.read(file).verdict()).isPassed()).isFalse();
  }

  @Test
  void failover_anInstanceStops_passesAndNoCallFails() throws IOException {
    try (CachingServer first = new CachingServer(/* loadsOnce= */ true);
        CachingServer second = new CachingServer(/* loadsOnce= */ true)) {
      first.stopAfter(10);
      CommandRun run = failover(first, second);

      assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
      assertThat(run.err()).isEmpty();
      assertThat(run.out())
          .containsPattern(
              "failover: passed. %s went away. By their replies, the instances loaded \\d+ ids; at most \\d+ is right. Without load-once"
                  .formatted(first.target()));
    }
  }

  /** A client with affinity that has no connection yet may send all invalidations to one. */
  @Test
  void failover_idsAreCachedByBothInstances_areInvalidatedOnBoth() throws IOException {
    try (CachingServer first = new CachingServer(/* loadsOnce= */ true);
        CachingServer second = new CachingServer(/* loadsOnce= */ true)) {
      for (CachingServer each : List.of(first, second)) {
        assertThat(
                CommandRun.of("load", "--target", each.target(), "--ids", "1..14", "--count", "500")
                    .exitCode())
            .isZero();
      }
      first.stopAfter(10);

      assertThat(failover(first, second, "--warm-up", "0s").out()).contains("failover: passed. ");
    }
  }

  @Test
  void failover_noRetries_failsBecauseOfTheCalls() throws IOException {
    try (CachingServer first = new CachingServer(/* loadsOnce= */ true);
        CachingServer second = new CachingServer(/* loadsOnce= */ true)) {
      first.stopAfter(10);
      CommandRun run = failover(first, second, "--attempts", "1");

      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.out())
          .containsPattern(
              "failover: failed, because [\\d,]+ of [\\d,]+ calls failed or were not sent");
    }
  }

  /** The planted bug: caches without load-once. */
  @Test
  void failover_serversWithoutLoadOnce_fails() throws IOException {
    try (CachingServer first = new CachingServer(/* loadsOnce= */ false);
        CachingServer second = new CachingServer(/* loadsOnce= */ false)) {
      first.stopAfter(10);
      CommandRun run = failover(first, second);

      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.out()).containsPattern("failover: failed. %s went".formatted(first.target()));
    }
  }

  @Test
  void failover_noInstanceStops_failsBecauseNothingWasTested() throws IOException {
    try (CachingServer first = new CachingServer(/* loadsOnce= */ true);
        CachingServer second = new CachingServer(/* loadsOnce= */ true)) {
      CommandRun run = failover(first, second);

      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.out())
          .contains("failover: failed, because no instance went away: stop one of them meanwhile");
    }
  }

  private static CommandRun failover(CachingServer first, CachingServer second, String... more) {
    String[] flags = {
      "load",
      "--target",
      first.target() + "," + second.target(),
      "--scenario",
      "failover",
      "--affinity",
      "1",
      "--ids",
      "1..14",
      "--callers",
      "80",
      "--duration",
      "1s",
      "--admin",
      first.admin()
    };
    return CommandRun.with(
        Map.of("LOADONCE_WARM_UP", "200ms"),
        Stream.concat(Stream.of(flags), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void scenario_wrongFlags_areRefused() {
    assertThat(CommandRun.of("load", "--scenario", "flood").err())
        .contains("herd, storm, avalanche, penetration, steady");
    assertThat(CommandRun.of("load", "--scenario", "herd", "--rate", "1/s").err())
        .isEqualTo(
            "loadonce: --scenario decides the calls; set it without --count, --rate and --plan\n");
    assertThat(CommandRun.of("load", "--scenario", "herd", "--invalidate", "1/s").err())
        .isEqualTo(
            "loadonce: --invalidate is for --scenario invalidate; set it without --scenario"
                + " herd\n");
    assertThat(CommandRun.of("load", "--scenario", "failover", "--affinity", "1").err())
        .isEqualTo(
            "loadonce: --scenario failover needs two instances or more; name all in --target, with"
                + " commas between\n");
    String two = "127.0.0.1:1,127.0.0.1:2";
    assertThat(CommandRun.of("load", "--scenario", "failover", "--target", two).err())
        .startsWith("loadonce: --scenario failover needs --affinity 1, or more: then a call");
    assertThat(CommandRun.of("load", "--scenario", "herd", "--lookup", "a", "--lookup", "b").err())
        .isEqualTo("loadonce: --scenario needs one --lookup\n");
    assertThat(CommandRun.of("load", "--scenario", "herd", "--ids", "0..100000").err())
        .isEqualTo(
            "loadonce: --scenario invalidates all ids first; there are 100001 but may be 100000 at"
                + " most\n");
  }

  private static CommandRun run(CachingServer server, Scenario scenario) {
    return run(server, scenario, "1s");
  }

  private static CommandRun run(CachingServer server, Scenario scenario, String duration) {
    return CommandRun.with(
        Map.of("LOADONCE_ADMIN", server.admin(), "LOADONCE_WARM_UP", "100ms"),
        "load",
        "--target",
        server.target(),
        "--scenario",
        scenario.name(),
        "--ids",
        "1..10",
        "--callers",
        "40",
        "--duration",
        duration);
  }
}
