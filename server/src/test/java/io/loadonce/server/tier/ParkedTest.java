package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ParkedTest {
  private final Parked<String> parked = new Parked<>();

  @Test
  void wake_parkedFlights_areTakenOutOnce() {
    int before = parked.wakes("7");
    assertThat(parked.park("7", "first", before)).isEmpty();
    assertThat(parked.park("7", "second", before)).isEmpty();
    assertThat(parked.size()).isEqualTo(2);
    assertThat(parked.wake("7")).containsExactly("first", "second");
    assertThat(parked.wake("7")).isEmpty();
    assertThat(parked.size()).isZero();
  }

  @Test
  void park_wokenSinceTheLook_returnsTheFlight() {
    int before = parked.wakes("7");
    assertThat(parked.wake("7")).isEmpty();
    assertThat(parked.park("7", "late", before)).containsExactly("late");
    assertThat(parked.size()).isZero();
  }
}
