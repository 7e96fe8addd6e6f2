package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.lock.Flight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which calls are refused, and whose time counts for the sizes of queries. */
class AdmissionTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final List<Long> called = new ArrayList<>();
  private LoadSettings settings = LoadSettings.DEFAULTS;
  private Delay delay = new Delay(SECOND / 10, SECOND / 10);

  private final Admission<String> admission =
      new Admission<>(
          new Stage<String, String>() {
            @Override
            public void add(Collection<Flight<String, Outcome<String>>> flights) {}

            @Override
            public void failOverdue(Collection<Flight<String, Outcome<String>>> overdue) {}

            @Override
            public void dropOver() {}

            @Override
            public Delay delay(int alsoAhead) {
              return delay;
            }

            @Override
            public void called(long timeNanos) {
              called.add(timeNanos);
            }

            @Override
            public SourceException.@Nullable Unavailable outage() {
              return null;
            }

            @Override
            public boolean hasRoomForRefreshes() {
              return true;
            }
          },
          /* loadTimeout= */ Duration.ofSeconds(5),
          () -> settings);

  @Test
  void refusal_batchIsAdmitted_itsTimeCountsOnce() {
    for (int ahead = 0; ahead < 100; ahead++) {
      assertThat(admission.refusal(SECOND, ahead)).isNull();
    }
    assertThat(called).containsExactly(SECOND);
  }

  @Test
  void refusal_callIsRefused_itsTimeDoesNotCount() {
    assertThat(admission.refusal(SECOND / 100, 0)).isInstanceOf(Outcome.Refused.class);
    assertThat(called).isEmpty();
  }

  @Test
  void refusal_rowComesJustInTime_isAdmittedAndItsTimeCounts() {
    delay = new Delay(SECOND * 2, SECOND);
    settings = withMaxQueueTime(Duration.ofSeconds(2));
    assertThat(admission.refusal(SECOND * 4, 0)).isNull();
    assertThat(called).containsExactly(SECOND * 4);
  }

  /** A row must come in three quarters of its caller's time. */
  @ParameterizedTest
  @CsvSource({
    "4000000000, 2000000000, 0",
    "4000000000, 1999999999, 1",
    "3999999996, 2000000000, 3",
    "9000000000, 1500000000, 500000000",
  })
  void lateNanos_queuedForTwoSecondsAndQueriedForOne_isTheExcess(
      long callerNanos, long maxQueueNanos, long lateNanos) {
    assertThat(new Delay(SECOND * 2, SECOND).lateNanos(callerNanos, maxQueueNanos))
        .isEqualTo(lateNanos);
  }

  private static LoadSettings withMaxQueueTime(Duration time) {
    return new LoadSettings(/* earlyRefresh= */ 0, Duration.ZERO, Duration.ZERO, time, CacheUse.ON);
  }
}
