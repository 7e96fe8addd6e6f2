package io.loadonce.commands.load;

import io.loadonce.client.ResourceClient;
import io.loadonce.commands.text.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a load test does. Without rates it is a closed loop: each caller sends its next call when
 * the last one has ended, so a slow server gets fewer calls. With rates it is an open loop: calls
 * are due at fixed moments, whatever the server does, the next free caller sends each, and its
 * latency counts from the moment at which it was due.
 *
 * @param lookup the name of the lookup; empty for the one called default, or the only one
 * @param ids the ids to request; 1 or more
 * @param distribution how often each of them is requested
 * @param callers how many calls are under way at any moment; 1 to 100,000
 * @param connections how many TCP connections the callers share; 1 to 1,024
 * @param rates how many calls are due in each second, all callers together; empty for a closed loop
 * @param length when the load test ends
 * @param batch how many ids a call has; 1 is Get, 2 to 1,000 is BatchGet
 * @param warmUp for how long calls are sent before they are measured; 0 to 1 h
 * @param seed of the random ids: with the same plan and seed, each caller requests the same ids in
 *     the same order
 */
public record LoadPlan(
    String lookup,
    List<String> ids,
    IdDistribution distribution,
    int callers,
    int connections,
    Optional<Rates> rates,
    Length length,
    int batch,
    Duration warmUp,
    long seed) {

  private static final int MOST_CALLERS = 100_000;
  private static final int MOST_CONNECTIONS = 1_024;
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration LONGEST_WARM_UP = Duration.ofHours(1);

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
        if (time.compareTo(Duration.ofMillis(100)) < 0 || time.compareTo(LONGEST) > 0) {
          throw new IllegalArgumentException(
              "duration is %s but must be from 100ms to 24h".formatted(DurationText.of(time)));
        }
      }
    }

    /** After a number of measured calls; 1 or more. */
    record Calls(long count) implements Length {
      public Calls {
        if (count < 1) {
          throw new IllegalArgumentException("count is %d but must be 1 or more".formatted(count));
        }
      }
    }
  }

  /** Rejects values out of their limits, with one line that says what would be right. */
  public LoadPlan {
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("there are no ids to request");
    }
    requireWithin("callers", callers, MOST_CALLERS);
    requireWithin("connections", connections, MOST_CONNECTIONS);
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
