package io.loadonce.bench.speed.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.bench.speed.drive.Driven;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChecksTest {

  @Test
  void hits_fewerThanAnswers_isAnError() {
    HitCheck.require(/* hits= */ 10, /* ids= */ 10);
    HitCheck.require(/* hits= */ 9_990, /* ids= */ 10_000);

    assertThatThrownBy(() -> HitCheck.require(/* hits= */ 9, /* ids= */ 10))
        .hasMessage("10 ids were answered, of which 9 were hits");
    assertThatThrownBy(() -> HitCheck.require(/* hits= */ 9_989, /* ids= */ 10_000))
        .hasMessageContaining("9,989 were hits");
  }

  @Test
  void cold_fewerLoadsThanAnswers_isAnError() {
    ColdCheck.require("ids loaded", /* counted= */ 10, /* asked= */ 10);

    assertThatThrownBy(() -> ColdCheck.require("ids loaded", /* counted= */ 9, /* asked= */ 10))
        .hasMessage("10 cold ids were requested, but the server counts 9 ids loaded");
  }

  @Test
  void herd_oneJoinedTooLate_isAnError() {
    assertThatThrownBy(() -> HerdScene.requireAll(/* waited= */ 9_999, /* herd= */ 10_000))
        .hasMessageContaining("9,999 joined");
  }

  @Test
  void bounds_crossed_doNotHold() {
    assertThat(new Bound.AtLeast(0.92).holds(0.91)).isFalse();
    assertThat(new Bound.AtLeast(0.92).holds(0.92)).isTrue();
    assertThat(new Bound.AtMost(40).holds(40.1)).isFalse();
  }

  @Test
  void acts_together_measureEachFigureOnce() {
    assertThat(Arrays.stream(Act.values()).flatMap(act -> act.figures().stream()))
        .containsExactlyInAnyOrder(Figure.values());
  }

  @Test
  void race_contenders_runInEachLapAndAreSummed() throws Exception {
    List<String> order = new ArrayList<>();
    Board board = new Board(new PrintWriter(Writer.nullWriter()));
    Race.Runner slow = runner("slow", order, /* calls= */ 10);
    Race.Runner quick = runner("quick", order, /* calls= */ 30);

    List<Driven> driven = Race.run(board, List.of(slow, quick));

    assertThat(order)
        .containsExactly(
            "slow 0", "quick 0", "slow 1", "quick 1", "slow 2", "quick 2", "slow 3", "quick 3");
    assertThat(driven)
        .containsExactly(
            new Driven(40, Duration.ofSeconds(4)), new Driven(120, Duration.ofSeconds(4)));
    assertThat(board.readings().get(quick.name()))
        .singleElement()
        .satisfies(reading -> assertThat(reading.value()).isEqualTo(30.0))
        .satisfies(reading -> assertThat(reading.shares()).containsOnlyKeys("driver"));
  }

  @Test
  void plan_tooLittleForLaps_isRejected() {
    assertThatThrownBy(() -> new SpeedPlan(1, Duration.ofMillis(399), 8_000, 4, 100, 1_000, 10))
        .hasMessage("seconds must be from 0.4 to 600");
    assertThatThrownBy(() -> new SpeedPlan(1, Duration.ofMillis(400), 7_999, 4, 100, 1_000, 10))
        .hasMessage("rows must be 4,000 for each round and one more");
    assertThat(new SpeedPlan(1, Duration.ofMillis(400), 8_000, 4, 100, 1_000, 10).lap())
        .isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void plan_inFlightNotDividedByConnections_isRejected() {
    assertThatThrownBy(() -> new SpeedPlan(1, Duration.ofSeconds(1), 10_000, 3, 100, 1_000, 10))
        .hasMessage("in-flight must be a multiple of the connections");
  }

  private static Race.Runner runner(String name, List<String> order, int calls) {
    return new Race.Runner(
        Board.Turn.rate("calls", name, "a test"),
        Map.of(),
        lap -> {
          order.add(name + " " + lap);
          return new Driven(calls, Duration.ofSeconds(1));
        });
  }
}
