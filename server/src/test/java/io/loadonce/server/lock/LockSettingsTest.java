package io.loadonce.server.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limits of the lock, which a lookup is refused without. */
class LockSettingsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " 3 | 1 | 1 | 1 |  0 | segments must be a power of two",
        " 0 | 1 | 1 | 1 |  0 | segments must be a power of two",
        "-2147483648 | 1 | 1 | 1 | 0 | segments must be a power of two",
        " 1 | 0 | 1 | 1 |  0 | waiters per id must be at least 1",
        " 1 | 1 | 0 | 1 |  0 | waiters in total must be at least 1",
        " 1 | 1 | 1 | 0 |  0 | load time-out must be longer than zero",
        " 1 | 1 | 1 | 1 | -1 | abandon-after must not be negative"
      })
  void settings_outOfRange_areNamed(
      int segments, int perId, int inTotal, long timeoutNanos, long abandonNanos, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(segments, perId, inTotal, timeoutNanos, abandonNanos))
        .withMessage(message);
  }

  /** The smallest limits let one caller in at a time. */
  @Test
  void join_smallestLimits_oneCallerWaits() {
    LockSettings smallest = settings(1, 1, 1, 1, 0);
    WaiterBudget places = new WaiterBudget(smallest.maxWaiters());
    assertThat(places.tryAcquire()).isTrue();
    assertThat(places.tryAcquire()).isFalse();
    assertThat(places.waiters()).isOne();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WaiterBudget(0))
        .withMessage("waiters in total must be at least 1, not 0");
  }

  private static LockSettings settings(
      int segments, int perId, int inTotal, long timeoutNanos, long abandonNanos) {
    return new LockSettings(
        segments, perId, inTotal, Duration.ofNanos(timeoutNanos), Duration.ofNanos(abandonNanos));
  }
}
