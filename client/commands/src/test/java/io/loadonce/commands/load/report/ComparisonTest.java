package io.loadonce.commands.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.loadonce.commands.load.record.RunFixture;
import io.loadonce.commands.load.record.RunRecord;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void of_runsOfTheSameServer_noDifference() {
    for (int seed = 1; seed <= 20; seed++) {
      Comparison comparison =
          Comparison.of(RunFixture.run(2, seed), RunFixture.run(2, 100 + seed), 0.1, seed);

      assertThat(comparison.isDifferent()).as("seed %d", seed).isFalse();
      assertThat(comparison.text()).endsWith("no difference").contains("seed " + seed + ";");
    }
  }

  @Test
  void of_slowerByOneMillisecond_saysWhichIsBetter() {
    RunRecord quick = RunFixture.run(2, 1);
    RunRecord slow = RunFixture.run(3, 2);

    Comparison worse = Comparison.of(quick, slow, 0.1, 1);
    Comparison better = Comparison.of(slow, quick, 0.1, 1);

    assertThat(worse.isDifferent()).isTrue();
    assertThat(worse.text()).endsWith("A is better in p50 ms; A is better in p99 ms");
    assertThat(better.text()).endsWith("B is better in p50 ms; B is better in p99 ms");
    assertThat(Comparison.of(quick, slow, /* tolerance= */ 1, 1).isDifferent()).isFalse();
  }

  @Test
  void of_sameSeed_sameText() {
    RunRecord a = RunFixture.run(2, 1);
    RunRecord b = RunFixture.run(2.2, 2);

    assertThat(Comparison.of(a, b, 0.1, 5).text()).isEqualTo(Comparison.of(a, b, 0.1, 5).text());
    assertThat(Comparison.of(a, b, 0.1, 5).text())
        .isNotEqualTo(Comparison.of(a, b, 0.1, 6).text().replace("seed 6", "seed 5"));
  }

  @Test
  void of_wrongTolerance_isRefused() {
    RunRecord run = RunFixture.run(2, 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Comparison.of(run, run, 11, 1))
        .withMessage("tolerance is 1100.0% but must be from 0% to 1000%");
  }
}
