package io.loadonce.commands;

import io.loadonce.commands.load.LoadPlan;
import io.loadonce.commands.load.Rates;
import io.loadonce.commands.load.RatesText;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say when the calls of a load test are due, and when it ends. */
final class PaceFlags {

  @Option(
      names = "--rate",
      paramLabel = "N/s",
      description =
          "Calls that are due in a second, such as 5000/s, whatever the server does; latency counts"
              + " from the moment a call was due. --callers limits the calls under way: calls that"
              + " were due and not sent are counted. Default: each caller sends its next call when"
              + " the last one has ended.")
  private @Nullable String rate;

  @Option(
      names = "--plan",
      paramLabel = "STEPS",
      description =
          "Rates that change, in place of --rate and --duration, such as '1000/s for 10s, ramp to"
              + " 8000/s over 30s, 8000/s for 20s'. A ramp begins at the rate of the step before."
              + " The warm-up has the mean rate of the first step.")
  private @Nullable String steps;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "Length of the measurement, 100ms to 24h. Default: 10s, unless --count is set.")
  private @Nullable Duration duration;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Length of the measurement as a number of calls, in place of --duration.")
  private @Nullable Long count;

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      description =
          "Time before the measurement in which calls are sent but not counted, 0s to 1h. Default:"
              + " 2s.")
  private Duration warmUp = Duration.ofSeconds(2);

  /**
   * Checks that the flags do not contradict each other.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  void requireFit() {
    if (duration != null && count != null) {
      throw new IllegalArgumentException("--duration and --count are both set; set one of them");
    }
    if (steps != null && (rate != null || duration != null || count != null)) {
      throw new IllegalArgumentException(
          "--plan says the rates and the times; set it without --rate, --duration and --count");
    }
  }

  /** Whether only the time is left to decide, as it is if none is set. */
  boolean hasNoCountOrRate() {
    return count == null && rate == null && steps == null;
  }

  Duration warmUp() {
    return warmUp;
  }

  LoadPlan.Length length() {
    if (steps != null) {
      return new LoadPlan.Length.Lasting(RatesText.parse(steps).time());
    }
    return count == null
        ? new LoadPlan.Length.Lasting(duration == null ? Duration.ofSeconds(10) : duration)
        : new LoadPlan.Length.Calls(count);
  }

  /** Empty for a closed loop. */
  Optional<Rates> rates() {
    if (steps != null) {
      return Optional.of(RatesText.parse(steps));
    }
    if (rate == null) {
      return Optional.empty();
    }
    return Optional.of(Rates.steady(rate, RatesText.perSecond("rate", rate), length().most()));
  }
}
