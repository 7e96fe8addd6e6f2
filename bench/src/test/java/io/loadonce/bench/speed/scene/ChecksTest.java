package io.loadonce.bench.speed.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChecksTest {

  @Test
  void hits_fewerThanAnswers_areNotBelieved() {
    HitCheck.require(/* hits= */ 10, /* ids= */ 10);
    HitCheck.require(/* hits= */ 9_990, /* ids= */ 10_000);

    assertThatThrownBy(() -> HitCheck.require(/* hits= */ 9, /* ids= */ 10))
        .hasMessage("10 ids were answered, of which 9 from memory");
    assertThatThrownBy(() -> HitCheck.require(/* hits= */ 9_989, /* ids= */ 10_000))
        .hasMessageContaining("9,989 from memory");
  }

  @Test
  void herd_oneCameTooLate_isNotBelieved() {
    assertThatThrownBy(() -> HerdScene.requireAll(/* waited= */ 9_999, /* herd= */ 10_000))
        .hasMessageContaining("9,999 were in");
  }

  @Test
  void bounds_crossed_doNotHold() {
    assertThat(new Bound.AtLeast(0.92).holds(0.91)).isFalse();
    assertThat(new Bound.AtLeast(0.92).holds(0.92)).isTrue();
    assertThat(new Bound.AtMost(40).holds(40.1)).isFalse();
  }

  @Test
  void acts_together_giveEachFigureOnce() {
    assertThat(Arrays.stream(Act.values()).flatMap(act -> act.figures().stream()))
        .containsExactlyInAnyOrder(Figure.values());
  }

  @Test
  void turns_everySecondRound_areReversed() {
    assertThat(Turns.of(0, List.of("a", "b"))).containsExactly("a", "b");
    assertThat(Turns.of(1, List.of("a", "b"))).containsExactly("b", "a");
  }

  @Test
  void plan_inFlightNotDividedByConnections_isRefused() {
    assertThatThrownBy(() -> new SpeedPlan(1, Duration.ofSeconds(1), 10_000, 3, 100, 1_000, 10))
        .hasMessage("in-flight must be a multiple of the connections");
  }
}
