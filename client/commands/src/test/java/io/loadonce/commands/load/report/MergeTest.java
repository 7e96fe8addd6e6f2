package io.loadonce.commands.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.commands.load.record.HistogramText;
import io.loadonce.commands.load.record.RunFixture;
import io.loadonce.commands.load.record.RunRecord;
import io.loadonce.commands.load.record.Second;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class MergeTest {

  @Test
  void of_twoRunsOfOneServer_addsCallsButNotTheServer() {
    RunRecord a = RunFixture.run(2, 1);
    RunRecord b = RunFixture.run(9, 2);

    RunRecord merged = Merge.of(List.of(a, b));

    assertThat(merged.calls()).isEqualTo(20_000);
    assertThat(merged.drivers()).hasSize(2);
    assertThat(merged.unsentCalls()).isEqualTo(14);
    assertThat(merged.statuses()).isEqualTo(Map.of("OK", 19_800L, "UNAVAILABLE", 200L));
    assertThat(merged.server()).isEqualTo(new RunRecord.Server(100, 100));
    Histogram both = a.succeeded().copy();
    both.add(b.succeeded());
    assertThat(merged.succeeded()).isEqualTo(both);
    assertThat(merged.seconds()).hasSize(10);
    Second first = merged.seconds().getFirst();
    assertThat(first.sent()).isEqualTo(2_000);
    assertThat(first.rate(first.sent())).isEqualTo(2_000);
    assertThat(first.p50Ms()).isBetween(2.0, 10.0);
    assertThat(first.p99Ms()).isGreaterThan(HistogramText.millis(b.succeeded(), 50));
    assertThat(first.server()).isEqualTo(a.seconds().getFirst().server());
  }

  @Test
  void of_runsOfDifferentLengthAndServers_keepsTheRestAndAddsTheServers() {
    RunRecord a = RunFixture.run(2, 1);
    RunRecord shorter = RunFixture.shortened(RunFixture.run(2, 2), 4, "10.0.0.2:50051");

    RunRecord merged = Merge.of(List.of(shorter, a));

    assertThat(merged.seconds()).extracting(Second::sent).startsWith(2_000L).endsWith(1_000L);
    assertThat(merged.seconds()).hasSize(10);
    assertThat(merged.durationSeconds()).isEqualTo(10);
    assertThat(merged.server()).isEqualTo(new RunRecord.Server(200, 200));
    assertThat(merged.seconds().getFirst().server())
        .isEqualTo(new Second.Server(20, 6, 128_000_000));
  }

  @Test
  void of_oneRun_isThatRun() {
    RunRecord run = RunFixture.run(2, 1);

    assertThat(Merge.of(List.of(run))).isSameAs(run);
  }
}
