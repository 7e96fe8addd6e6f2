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

/** Whose time counts for the sizes of queries. */
class AdmissionTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final List<Long> called = new ArrayList<>();

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
              return new Delay(SECOND / 10, SECOND / 10);
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
          () -> LoadSettings.DEFAULTS);

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
}
