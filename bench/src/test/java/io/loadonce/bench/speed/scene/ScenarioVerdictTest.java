package io.loadonce.bench.speed.scene;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.bench.speed.drive.Tool;
import io.loadonce.bench.speed.scene.ScenarioVerdict.Kind;
import io.loadonce.commands.load.Scenario;
import org.junit.jupiter.api.Test;

class ScenarioVerdictTest {

  private static final String PASSED =
      "| table |\nherd: passed. The server loaded 1 id with 1 query; at most 1 is right. Without"
          + " load-once the same calls would have cost 1,050 queries: one for each call that found"
          + " no row in the cache.\n";

  @Test
  void of_passedAndFailed_hasTheNumbers() {
    ScenarioVerdict passed = ScenarioVerdict.of(Scenario.herd, new Tool.Ended(0, PASSED));
    assertThat(passed.kind()).isEqualTo(Kind.PASSED);
    assertThat(passed.counted()).isEqualTo(1);
    assertThat(passed.alone()).isEqualTo(1_050);
    String lost = "failover: failed. 127.0.0.1:1 went away. The instances loaded 9 ids";
    assertThat(ScenarioVerdict.of(Scenario.failover, new Tool.Ended(3, lost + "\n")))
        .isEqualTo(new ScenarioVerdict(Kind.FAILED, -1, -1, lost));
  }

  @Test
  void of_noVerdictAboutLoads_isNotTested() {
    String failed = "herd: failed, because 3 calls failed";
    assertThat(ScenarioVerdict.of(Scenario.herd, new Tool.Ended(3, PASSED)).kind())
        .isEqualTo(Kind.NOT_TESTED);
    assertThat(ScenarioVerdict.of(Scenario.storm, new Tool.Ended(0, PASSED)).kind())
        .isEqualTo(Kind.NOT_TESTED);
    assertThat(ScenarioVerdict.of(Scenario.herd, new Tool.Ended(3, failed)))
        .isEqualTo(new ScenarioVerdict(Kind.NOT_TESTED, -1, -1, failed));
  }
}
