package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueryTimesTest {
  private final QueryTimes times = new QueryTimes(256);

  @Test
  void idsWithin_beforeTheFirstQuery_isTheMost() {
    assertThat(times.idsWithin(1)).isEqualTo(256);
    assertThat(times.nanos(256)).isZero();
  }

  @Test
  void nanos_onlyOneIdMeasured_moreIdsAreBetweenTheBounds() {
    times.ended(1, 100);
    assertThat(times.nanos(256)).as("100 to 25,600").isEqualTo(1_600);
    assertThat(times.idsWithin(1_600)).isEqualTo(256);
    assertThat(times.idsWithin(800)).isEqualTo(64);
  }

  @Test
  void nanos_manyIdsMeasured_fewerIdsTakeAtLeastTheirShare() {
    times.ended(256, 25_600);
    assertThat(times.nanos(128)).isEqualTo(12_800);
    assertThat(times.nanos(1)).isEqualTo(100);
    assertThat(times.idsWithin(7_000)).isEqualTo(64);
  }

  @Test
  void nanos_fewIdsBecomeQuicker_manyIdsTakeAtMostTheirShare() {
    times.ended(256, 25_600);
    times.ended(1, 10);
    assertThat(times.nanos(1)).isEqualTo(10);
    assertThat(times.nanos(256)).isEqualTo(2_560);
    times.ended(4, 20);
    assertThat(times.nanos(256)).as("64 times as many ids").isEqualTo(1_280);
  }

  @Test
  void ended_sameSizeAgain_movesByAQuarterOfTheDifference() {
    times.ended(4, 400);
    times.ended(3, 800);
    assertThat(times.nanos(4)).isEqualTo(500);
  }

  @Test
  void idsWithin_oneIdTakesTooLong_isTheMostThatHelps() {
    times.ended(1, 2_000);
    times.ended(256, 2_000);
    assertThat(times.idsWithin(10)).isEqualTo(256);
    times.ended(256, 2_000_000);
    assertThat(times.idsWithin(10)).isLessThanOrEqualTo(4);
  }

  @Test
  void lasted_shorterThanKnown_changesNothing() {
    times.ended(8, 800);
    times.lasted(8, 700);
    assertThat(times.nanos(8)).isEqualTo(800);
    times.lasted(8, 1_600);
    assertThat(times.nanos(8)).isEqualTo(1_000);
  }

  @Test
  void lasted_asLongAsEstimated_isNoMeasurement() {
    times.ended(1, 100);
    times.lasted(256, 1_600);
    times.ended(256, 3_200);
    assertThat(times.nanos(256)).as("the first measurement of this size").isEqualTo(3_200);
  }

  @Test
  void idsWithin_mostIsNoPowerOfTwo_isNotExceeded() {
    QueryTimes upTo100 = new QueryTimes(100);
    assertThat(upTo100.idsWithin(1)).isEqualTo(100);
    upTo100.ended(100, 1_000);
    assertThat(upTo100.idsWithin(999)).isEqualTo(64);
  }
}
