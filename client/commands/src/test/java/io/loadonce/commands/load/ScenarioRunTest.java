package io.loadonce.commands.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.loadonce.client.ClientSettings;
import io.loadonce.commands.load.record.HistogramText;
import io.loadonce.commands.load.record.RunRecord;
import io.loadonce.v1.LookupInfo.Source;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ScenarioRunTest {

  @Test
  void verdict_eachIdIsLoadedOnce_passes() throws Exception {
    assertThat(verdict(Scenario.storm, 0, 10, 0))
        .isEqualTo(
            new RunRecord.Verdict(
                true,
                "storm: passed. The server loaded 10 ids with 10 queries; at most 10 is right."
                    + " Without load-once the same calls would have cost 20 queries: one for each"
                    + " call that found no row in the cache."));
    assertThat(verdict(Scenario.storm, 0, 11, 0).isPassed()).isFalse();
  }

  @Test
  void verdict_affinity_allowsOneLoadForEachInstanceOfAnId() throws Exception {
    assertThat(verdict(Scenario.storm, 2, 20, 0).isPassed()).isTrue();
    assertThat(verdict(Scenario.storm, 2, 21, 0).isPassed()).isFalse();
    assertThat(verdict(Scenario.storm, 1, 11, 0).isPassed()).isFalse();
  }

  @Test
  void verdict_idsWereCached_failsBecauseNothingWasTested() throws Exception {
    assertThat(verdict(Scenario.storm, 0, 9, 0).text())
        .isEqualTo(
            "storm: failed, because the server loaded 9 ids, but 10 were requested: some were not"
                + " cold, so not tested");
    assertThat(verdict(Scenario.penetration, 0, 0, 0).isPassed()).isFalse();
  }

  @Test
  void verdict_aCallWasNotSent_fails() throws Exception {
    assertThat(verdict(Scenario.storm, 0, 10, 1).text())
        .isEqualTo("storm: failed, because 1 of 21 calls failed or were not sent");
  }

  @Test
  void verdict_penetration_doesNotSayWhatTheCallsWouldHaveCost() throws Exception {
    assertThat(verdict(Scenario.penetration, 0, 10, 0).text())
        .isEqualTo(
            "penetration: passed. The server loaded 10 ids with 10 queries; at most 10 is right.");
  }

  /** The verdict of 20 calls for 10 ids that succeeded. */
  private static RunRecord.Verdict verdict(
      Scenario scenario, int affinity, long loaded, long unsent) throws Exception {
    LoadPlan plan =
        scenario.plan(
            new LoadPlan(
                RequestMix.of(IdPool.parse("1..10"), new IdDistribution.Uniform(), 1),
                1,
                1,
                /* rates= */ Optional.empty(),
                new LoadPlan.Length.Lasting(Duration.ofSeconds(1)),
                /* invalidations= */ Optional.empty(),
                affinity,
                Duration.ZERO,
                1));
    Histogram ok = HistogramText.precise();
    ok.recordValueWithCount(1_000, 20);
    LatencyRecorder.Latencies none = LatencyRecorder.Latencies.of(HistogramText.precise());
    LoadResult result =
        new LoadResult(
            0,
            unsent,
            0,
            Duration.ofSeconds(1),
            LatencyRecorder.Latencies.of(ok),
            none,
            Map.of(Code.OK, 20L),
            0,
            Map.of(),
            Map.of(Source.SOURCE_LOADED, 20L),
            Map.of(),
            Map.of(),
            10,
            new LoadResult.Invalidations(none, Map.of(), 0),
            0);
    List<ClientSettings> instances =
        Collections.nCopies(affinity + 1, ClientSettings.forTarget("127.0.0.1:1"));
    try (ScenarioRun run = new ScenarioRun(scenario, plan, instances)) {
      return run.verdict(new LoadReport(plan, result, new ServerCounters.Known(loaded, loaded)));
    }
  }
}
