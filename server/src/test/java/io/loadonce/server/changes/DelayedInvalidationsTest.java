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
  private final DelayedInvalidations delayed = new DelayedInvalidations(clock::get, Runnable::run);
  private final AtomicInteger runs = new AtomicInteger();

  @Test
  void runTwice_delayPasses_runsNowAndOnceMore() {
    assertThat(delayed.runTwice(runs::incrementAndGet, SECOND, 1)).isEqualTo(1);
    clock.addAndGet(SECOND.toNanos() - 1);
    delayed.sweep();
    assertThat(runs).as("too soon").hasValue(1);
    clock.incrementAndGet();
    delayed.sweep();
    assertThat(runs).hasValue(2);
    clock.addAndGet(DelayedInvalidations.MAX_DELAY.toNanos());
    delayed.sweep();
    assertThat(runs).as("never a third time").hasValue(2);
    assertThat(delayed.pendingIds()).isZero();
  }

  @Test
  void runTwice_shorterDelayLater_isDueFirst() {
    delayed.runTwice(() -> 0, SECOND.multipliedBy(10), 1);
    delayed.runTwice(runs::incrementAndGet, SECOND, 1);
    clock.addAndGet(SECOND.toNanos());
    delayed.sweep();
    assertThat(runs).hasValue(2);
    assertThat(delayed.pendingIds()).isEqualTo(1);
  }

  @Test
  void runTwice_tooManyPending_isRejectedBeforeTheFirstRun() {
    int most = DelayedInvalidations.MAX_PENDING_IDS;
    assertThat(delayed.runTwice(() -> "full", SECOND, most)).isEqualTo("full");
    assertThat(delayed.runTwice(runs::incrementAndGet, SECOND, 1)).isNull();
    assertThat(runs).hasValue(0);
    clock.addAndGet(SECOND.toNanos());
    delayed.sweep();
    assertThat(delayed.runTwice(runs::incrementAndGet, SECOND, most)).isEqualTo(1);
  }

  @Test
  void runTwice_firstRunThrows_leavesNothingPending() {
    assertThatThrownBy(
            () ->
                delayed.runTwice(
                    () -> {
                      throw new IllegalStateException("planted");
                    },
                    SECOND,
                    7))
        .hasMessage("planted");
    assertThat(delayed.pendingIds()).isZero();
  }
}
