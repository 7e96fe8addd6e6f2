package io.loadonce.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.bench.speed.engine.EngineRun.Score;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeedTableTest {

  @Test
  void median_evenNumber_isBetweenTheMiddle() {
    assertThat(SpeedTable.median(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(2.5);
    assertThat(SpeedTable.median(List.of(9.0, 1.0, 3.0))).isEqualTo(3.0);
  }

  @Test
  void scores_otherWay_areComparedWithOursOfTheSameBenchmark() {
    String table =
        SpeedTable.of(
            List.of(
                new Score("hit", 1, 1, "ours", 20, 1),
                new Score("miss", 1, 1, "ours", 3, 1),
                new Score("miss", 1, 1, "striped", 6, 1)));

    assertThat(table.lines().filter(line -> line.contains("striped")))
        .first()
        .asString()
        .contains("0.500");
  }
}
