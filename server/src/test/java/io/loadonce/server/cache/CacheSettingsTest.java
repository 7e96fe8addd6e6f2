package io.loadonce.server.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The times and the memory budgets of a cache. */
class CacheSettingsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-1 | 1 |  0 |  0    |  0 |  0 | time to live must not be negative",
        " 0 | 0 |  0 |  0    |  0 |  0 | soft time to live must be longer than zero",
        " 0 | 1 | -1 |  0    |  0 |  0 | negative time to live must not be negative",
        " 0 | 1 |  0 | -0.01 |  0 |  0 | jitter must be from 0 to 1",
        " 0 | 1 |  0 |  1.01 |  0 |  0 | jitter must be from 0 to 1",
        " 0 | 1 |  0 |  0    | -1 |  0 | cache bytes must not be negative",
        " 0 | 1 |  0 |  0    |  0 | -1 | negative cache bytes must not be negative"
      })
  void settings_outOfRange_areNamed(
      long liveNanos,
      long refreshNanos,
      long negativeNanos,
      double jitter,
      long bytes,
      long negativeBytes,
      String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new CacheSettings(
                    Duration.ofNanos(liveNanos),
                    Duration.ofNanos(refreshNanos),
                    Duration.ofNanos(negativeNanos),
                    jitter,
                    bytes,
                    negativeBytes))
        .withMessage(message);
  }

  /** A budget of zero bytes is how an operator turns a cache off. */
  @Test
  void fill_budgetsOfZero_keepNothing() {
    MemoryCache<String, String> off =
        new MemoryCache<>(
            new CacheSettings(Duration.ZERO, Duration.ofNanos(1), Duration.ZERO, 1, 0, 0),
            String::length,
            String::length);
    off.fill("a", "row", 1, 0);
    off.fillNotFound("b", 0);
    assertThat(off.settle().rows()).isZero();
    assertThat(off.negativeEntries()).isZero();
  }
}
