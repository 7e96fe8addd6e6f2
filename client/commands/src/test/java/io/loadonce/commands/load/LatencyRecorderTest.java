package io.loadonce.commands.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LatencyRecorderTest {

  private static final Offset<Double> THREE_DIGITS = within(1.0);

  @Test
  void drain_oneToThousandMillis_givesThePercentiles() {
    LatencyRecorder odd = new LatencyRecorder();
    LatencyRecorder even = new LatencyRecorder();
    for (int millis = 1; millis <= 1_000; millis++) {
      (millis % 2 == 0 ? even : odd).record(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    LatencyRecorder.Latencies latencies = latencies(odd, even);

    assertThat(latencies.count()).isEqualTo(1_000);
    assertThat(latencies.p50Millis()).isCloseTo(500, THREE_DIGITS);
    assertThat(latencies.p90Millis()).isCloseTo(900, THREE_DIGITS);
    assertThat(latencies.p99Millis()).isCloseTo(990, THREE_DIGITS);
    assertThat(latencies.p999Millis()).isCloseTo(999, THREE_DIGITS);
    assertThat(latencies.maxMillis()).isCloseTo(1_000, THREE_DIGITS);
  }

  @Test
  void drain_nothingRecorded_isZero() {
    assertThat(latencies(new LatencyRecorder()))
        .isEqualTo(new LatencyRecorder.Latencies(0, 0, 0, 0, 0, 0));
  }

  @Test
  void record_moreThanAnHour_countsAsAnHour() {
    LatencyRecorder recorder = new LatencyRecorder();
    recorder.record(TimeUnit.HOURS.toNanos(2));

    assertThat(latencies(recorder).maxMillis()).isCloseTo(3_600_000, within(3_600.0));
  }

  private static LatencyRecorder.Latencies latencies(LatencyRecorder... recorders) {
    return LatencyRecorder.Latencies.of(LatencyRecorder.drain(List.of(recorders)));
  }
}
