package io.loadonce.server.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DelayedInvalidationsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
  private final DelayedInvalidations repeats = new DelayedInvalidations(clock::get, Runnable::run);
  private final AtomicInteger runs = new AtomicInteger();

  @Test
  void twice_delayPasses_runsNowAndOnceMore() {
    assertThat(repeats.twice(runs::incrementAndGet, SECOND, 1)).isEqualTo(1);
    clock.addAndGet(SECOND.toNanos() - 1);
    repeats.sweep();
    assertThat(runs).as("too soon").hasValue(1);
    clock.incrementAndGet();
    repeats.sweep();
    assertThat(runs).hasValue(2);
    clock.addAndGet(DelayedInvalidations.MAX_DELAY.toNanos());
    repeats.sweep();
    assertThat(runs).as("never a third time").hasValue(2);
    assertThat(repeats.pendingIds()).isZero();
  }

  @Test
  void twice_shorterDelayLater_isDueFirst() {
    repeats.twice(() -> 0, SECOND.multipliedBy(10), 1);
    repeats.twice(runs::incrementAndGet, SECOND, 1);
    clock.addAndGet(SECOND.toNanos());
    repeats.sweep();
    assertThat(runs).hasValue(2);
    assertThat(repeats.pendingIds()).isEqualTo(1);
  }

  @Test
  void twice_tooManyPending_isRefusedBeforeTheFirstTime() {
    int most = DelayedInvalidations.MAX_PENDING_IDS;
    assertThat(repeats.twice(() -> "full", SECOND, most)).isEqualTo("full");
    assertThat(repeats.twice(runs::incrementAndGet, SECOND, 1)).isNull();
    assertThat(runs).hasValue(0);
    clock.addAndGet(SECOND.toNanos());
    repeats.sweep();
    assertThat(repeats.twice(runs::incrementAndGet, SECOND, most)).isEqualTo(1);
  }

  @Test
  void twice_firstTimeThrows_leavesNothingPending() {
    assertThatThrownBy(
            () ->
                repeats.twice(
                    () -> {
                      throw new IllegalStateException("planted");
                    },
                    SECOND,
                    7))
        .hasMessage("planted");
    assertThat(repeats.pendingIds()).isZero();
  }
}
