package io.loadonce.commands.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.loadonce.commands.load.record.RunFixture;
import io.loadonce.commands.load.record.RunRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void of_runsOfTheSameServer_noDifference() {
    for (int seed = 1; seed <= 20; seed++) {
      Comparison comparison = Comparison.of(run(2, seed), run(2, 100 + seed), 0.1, seed);

      assertThat(comparison.isDifferent()).as("seed %d", seed).isFalse();
      assertThat(comparison.text()).endsWith("no difference").contains("seed " + seed + ";");
    }
  }

  @Test
  void of_slowerByOneMillisecond_saysWhichIsBetter() {
    RunRecord quick = run(2, 1);
    RunRecord slow = run(3, 2);

    Comparison worse = Comparison.of(quick, slow, 0.1, 1);
    Comparison better = Comparison.of(slow, quick, 0.1, 1);

    assertThat(worse.isDifferent()).isTrue();
    assertThat(worse.text()).endsWith("A is better in p50 ms; A is better in p99 ms");
    assertThat(better.text()).endsWith("B is better in p50 ms; B is better in p99 ms");
    assertThat(Comparison.of(quick, slow, /* tolerance= */ 1, 1).isDifferent()).isFalse();
  }

  @Test
  void of_sameSeed_sameText() {
    RunRecord a = run(2, 1);
    RunRecord b = run(2.2, 2);

    assertThat(Comparison.of(a, b, 0.1, 5).text()).isEqualTo(Comparison.of(a, b, 0.1, 5).text());
    assertThat(Comparison.of(a, b, 0.1, 5).text())
        .isNotEqualTo(Comparison.of(a, b, 0.1, 6).text().replace("seed 6", "seed 5"));
  }

  @Test
  void of_wrongTolerance_isRefused() {
    RunRecord run = run(2, 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Comparison.of(run, run, 11, 1))
        .withMessage("tolerance is 1100.0% but must be from 0% to 1000%");
  }

  @Test
  void of_shortRuns_saysSoInPlaceOfAnInterval() {
    Comparison comparison =
        Comparison.of(RunFixture.run(2, 1), RunFixture.run(3, 2), /* tolerance= */ 0.1, 1);

    assertThat(comparison.isDifferent()).isFalse();
    assertThat(comparison.text())
        .contains("| too few seconds | ")
        .endsWith("too few seconds to compare latencies and rates: each run needs 20 or more");
  }

  @Test
  void of_moreCallsAreNotSent_isADifference() {
    RunRecord a = run(2, 1);

    assertThat(Comparison.of(a, run(2, 2, 150), 0.1, 1).isDifferent()).isFalse();
    assertThat(Comparison.of(a, run(2, 2, 400), 0.1, 1).text())
        .endsWith("A is better in failed or not sent %");
  }

  @Test
  void of_otherFlags_areNamed() {
    List<String> flags = List.of("--rate", "10/s", "--callers=9", "--ids", "1..9");
    List<String> others = List.of("--rate=10/s", "--callers", "8", "--plan", "1/s for 9s");

    assertThat(
            Comparison.of(
                    RunFixture.run(2, 1, 20, 0, flags), RunFixture.run(2, 2, 20, 0, others), 1, 1)
                .text())
        .contains("the runs do not measure the same: they differ in --plan, --ids, --callers\n");
    assertThat(Comparison.of(run(2, 1), run(2, 2), 1, 1).text()).doesNotContain("they differ in");
  }

  private static RunRecord run(double millis, long seed) {
    return run(millis, seed, /* unsent= */ 0);
  }

  private static RunRecord run(double millis, long seed, long unsent) {
    return RunFixture.run(millis, seed, /* seconds= */ 20, unsent, List.of());
  }
}
