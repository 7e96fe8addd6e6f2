package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a lookup serves stale rows, refreshes early, and lets an id queue. */
class LoadSettingsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " -0.1   |  0 |  0 | 1 | early refresh must be from 0 to 100",
        " 100.1  |  0 |  0 | 1 | early refresh must be from 0 to 100",
        " 0      | -1 |  0 | 1 | stale-on-error must not be negative",
        " 0      |  0 | -1 | 1 | stale-on-disconnect must not be negative",
        " 0      |  0 |  0 | 0 | max-queue-time must be longer than zero"
      })
  void settings_outOfRange_areNamed(
      double earlyRefresh, long errorNanos, long disconnectNanos, long queueNanos, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(earlyRefresh, errorNanos, disconnectNanos, queueNanos))
        .withMessage(message);
  }

  @Test
  void settings_limitsOfTheirRanges_areAccepted() {
    assertThat(settings(100, 0, 0, 1).earlyRefresh()).isEqualTo(100);
    assertThat(settings(0, 0, 0, 1).maxQueueTime()).isEqualTo(Duration.ofNanos(1));
  }

  /** A time that is set for one reason must not change another. */
  @Test
  void withUse_otherSwitch_keepsTheTimes() {
    LoadSettings changed =
        settings(3, 4, 5, 6).withUse(CacheUse.MEMORY_ONLY).withStaleOnDisconnect(Duration.ZERO);
    assertThat(changed)
        .isEqualTo(
            new LoadSettings(
                3, Duration.ofNanos(4), Duration.ZERO, Duration.ofNanos(6), CacheUse.MEMORY_ONLY));
  }

  private static LoadSettings settings(
      double earlyRefresh, long errorNanos, long disconnectNanos, long queueNanos) {
    return new LoadSettings(
        earlyRefresh,
        Duration.ofNanos(errorNanos),
        Duration.ofNanos(disconnectNanos),
        Duration.ofNanos(queueNanos),
        CacheUse.ON);
  }
}
