package io.loadonce.client;

import java.time.Duration;
import java.util.List;

/**
 * What a load test does. The loop is closed: each caller asks again when it has been answered, so a
 * slow server is asked less; latencies say how it feels to these callers, not to independent ones.
 *
 * @param ids what is asked for; 1 or more
 * @param choice which of them comes next
 * @param callers how many calls are under way at any moment; 1 to 100,000
 * @param length when it ends
 * @param batch ids a call; 1 is Get, 2 to 1,000 is BatchGet
 * @param warmUp how long calls are made before they are counted; 0 to 1 h
 * @param seed of the ids: the same plan with the same seed asks each caller's ids in the same order
 */
record LoadPlan(
    List<String> ids,
    IdChoice choice,
    int callers,
    Length length,
    int batch,
    Duration warmUp,
    long seed) {

  private static final int MOST_CALLERS = 100_000;
  private static final Duration LONGEST_WARM_UP = Duration.ofHours(1);

  /** When a load test ends. Calls under way are waited for and counted. */
  sealed interface Length {

    /** After a time, which begins when the warm-up is over; 100 ms to 24 h. */
    record Lasting(Duration time) implements Length {
      public Lasting {
        if (time.compareTo(Duration.ofMillis(100)) < 0 || time.compareTo(Duration.ofDays(1)) > 0) {
          throw new IllegalArgumentException(
              "duration is %s but must be from 100ms to 24h".formatted(DurationText.of(time)));
        }
      }
    }

    /** After a number of counted calls; 1 or more. */
    record Calls(long count) implements Length {
      public Calls {
        if (count < 1) {
          throw new IllegalArgumentException("count is %d but must be 1 or more".formatted(count));
        }
      }
    }
  }

  /** Refuses what is out of its limits, with one line that says what would be right. */
  LoadPlan {
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("there are no ids to ask for");
    }
    requireWithin("callers", callers, MOST_CALLERS);
    requireWithin("batch", batch, ResourceClient.MAX_IDS_PER_CALL);
    if (warmUp.isNegative() || warmUp.compareTo(LONGEST_WARM_UP) > 0) {
      throw new IllegalArgumentException(
          "warm-up is %s but must be from 0s to 1h".formatted(DurationText.of(warmUp)));
    }
  }

  private static void requireWithin(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "%s is %d but must be from 1 to %d".formatted(name, value, most));
    }
  }
}
