package io.loadonce.server.planted;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The check of {@link Sum}, which only planted bugs run. */
class SumCheck {
  @Test
  void of_twoAndThree_isFive() {
    assertThat(Sum.of(2, 3)).as("2 + 3").isEqualTo(5);
    assertThat(Sum.calls()).as("calls").isEqualTo(1);
    assertThat(System.getProperty("left.behind")).as("system property").isNull();
  }
}
