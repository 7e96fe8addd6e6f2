package io.loadonce.commands.load;

import io.loadonce.commands.text.DurationText;
import io.loadonce.v1.InvalidateRequest.Strength;
import java.time.Duration;
import java.util.Optional;

/**
 * What a load test does. Without rates it is a closed loop: each caller sends its next call when
 * the last one has ended, so a slow server gets fewer calls. With rates it is an open loop: calls
 * are due at fixed moments, whatever the server does, the next free caller sends each, and its
 * latency counts from the moment at which it was due.
 *
 * @param mix what the calls request
 * @param callers how many calls are under way at any moment; 1 to 100,000
 * @param connections how many TCP connections the callers share; 1 to 1,024
 * @param rates how many calls are due in each second, all callers together; empty for a closed loop
 * @param length when the load test ends
 * @param invalidations calls of Invalidate beside them; empty for none
 * @param affinity over how many instances the calls of an id are spread; 0 if the connections go to
 *     the instances in turn, whatever the ids are
 * @param warmUp for how long calls are sent before they are measured; 0 to 1 h
 * @param seed of the random ids: with the same plan and seed, each caller requests the same ids in
 *     the same order
 */
public record LoadPlan(
    RequestMix mix,
    int callers,
    int connections,
    Optional<Rates> rates,
    Length length,
    Optional<Invalidations> invalidations,
    int affinity,
    Duration warmUp,
    long seed) {

  private static final int MOST_CALLERS = 100_000;
  private static final int MOST_INVALIDATIONS = 1_000;
  private static final int MOST_CONNECTIONS = 1_024;
  private static final long MOST_CALLS = 1_000_000_000;
  static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration LONGEST_WARM_UP = Duration.ofHours(1);

  /**
   * Calls of Invalidate, in an open loop, for ids that are picked like those of the other calls.
   *
   * @param perSecond 0.01 to 1,000
   */
  public record Invalidations(double perSecond, Strength strength) {
    public Invalidations {
      if (!(perSecond >= 0.01 && perSecond <= MOST_INVALIDATIONS)) {
        throw new IllegalArgumentException(
            "invalidate is %s/s but must be from 0.01 to %d/s"
                .formatted(perSecond, MOST_INVALIDATIONS));
      }
    }

    /** Enough that each may take 2 s, as one that is seen by all instances may. */
    int callers() {
      return (int) Math.ceil(2 * perSecond) + 1;
    }
  }

  /** When a load test ends. Calls that are then under way are awaited and counted. */
  public sealed interface Length {

    /** How long the measurement lasts at most. */
    default Duration most() {
      return switch (this) {
        case Lasting(var time) -> time;
        case Calls _ -> LONGEST;
      };
    }

    /** After a time, counted from the end of the warm-up; 100 ms to 24 h. */
    record Lasting(Duration time) implements Length {
      public Lasting {
        if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
          throw new IllegalArgumentException(
              "duration is %s but must be from 100ms to 24h".formatted(DurationText.of(time)));
        }
      }
    }

    /** After a number of measured calls, 1 to 10^9, or after 24 h. */
    record Calls(long count) implements Length {
      public Calls {
        if (count < 1 || count > MOST_CALLS) {
          throw new IllegalArgumentException(
              "count is %d but must be from 1 to %d".formatted(count, MOST_CALLS));
        }
      }
    }
  }

  /** Rejects values out of their limits, with one line that says what would be right. */
  public LoadPlan {
    requireWithin("callers", callers, MOST_CALLERS);
    requireWithin("connections", connections, MOST_CONNECTIONS);
    if (affinity > 0 && mix.batch() > 1) {
      throw new IllegalArgumentException(
          "--affinity sends each id to its instance, so it needs --batch 1; a batch has many ids");
    }
    if (warmUp.isNegative() || warmUp.compareTo(LONGEST_WARM_UP) > 0) {
      throw new IllegalArgumentException(
          "warm-up is %s but must be from 0s to 1h".formatted(DurationText.of(warmUp)));
    }
  }

  /** The same calls in a closed loop, for so long, all of them measured. */
  LoadPlan lasting(Duration time) {
    return new LoadPlan(
        mix,
        callers,
        connections,
        /* rates= */ Optional.empty(),
        new Length.Lasting(time),
        /* invalidations= */ Optional.empty(),
        affinity,
        Duration.ZERO,
        seed);
  }

  private static void requireWithin(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "%s is %d but must be from 1 to %d".formatted(name, value, most));
    }
  }
}
