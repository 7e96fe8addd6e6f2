package io.loadonce.commands.load.record;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a load test has measured. {@link RunJson} writes and reads it.
 *
 * @param drivers the processes that sent the calls: one, or several in a merged run
 * @param durationSeconds from the end of the warm-up to the end of the last call
 * @param succeeded latencies in nanoseconds of the calls that succeeded
 * @param failed latencies in nanoseconds of the calls that failed
 * @param unsentCalls calls that were due and could not be sent before the end
 * @param cutOffCalls calls that were under way when the load test was stopped, and were cancelled
 * @param statuses how many calls ended with each status and reason
 * @param sources how many ids were answered from each source, such as MEMORY
 * @param failedIds how many ids of batches had no row, by status and reason
 * @param server what the server counted, warm-up included; null if that is not known
 * @param thresholds each {@code --fail-if} with what came of it
 * @param verdict of the {@code --scenario}; null if there was none
 * @param seconds of the measurement, in order
 */
public record RunRecord(
    List<Driver> drivers,
    double durationSeconds,
    Histogram succeeded,
    Histogram failed,
    long unsentCalls,
    long cutOffCalls,
    Map<String, Long> statuses,
    Map<String, Long> sources,
    Map<String, Long> failedIds,
    @Nullable Server server,
    List<Threshold> thresholds,
    @Nullable Verdict verdict,
    List<Second> seconds) {

  /** Copies the collections; those by name are sorted by name. */
  public RunRecord {
    drivers = List.copyOf(requireNonNull(drivers, "drivers"));
    requireNonNull(succeeded, "succeeded");
    requireNonNull(failed, "failed");
    statuses = sorted(statuses, "statuses");
    sources = sorted(sources, "sources");
    failedIds = sorted(failedIds, "failed_ids");
    thresholds = List.copyOf(requireNonNull(thresholds, "thresholds"));
    seconds = List.copyOf(requireNonNull(seconds, "seconds"));
    if (drivers.isEmpty()) {
      throw new IllegalArgumentException("drivers");
    }
  }

  /**
   * A process that sent calls.
   *
   * @param version of Loadonce
   * @param command the arguments of the command line
   * @param pace the plan for people, such as "closed loop of 100 callers"
   * @param warmUpSeconds length of the part before the measurement, which is not in the numbers
   * @param cpuShare the share of all processors that it used, 0 to 1
   */
  public record Driver(
      String version,
      Instant started,
      String target,
      List<String> command,
      String pace,
      long seed,
      double warmUpSeconds,
      double cpuShare,
      Machine machine) {

    /** Copies the arguments. */
    public Driver {
      requireNonNull(target, "target");
      command = List.copyOf(requireNonNull(command, "command"));
      requireNonNull(machine, "machine");
    }
  }

  /** Where a process ran. */
  public record Machine(int processors, String os, String java) {

    /** This machine. */
    public static Machine current() {
      return new Machine(
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("os.name") + " " + System.getProperty("os.arch"),
          Runtime.version().toString());
    }
  }

  /** What the server counted from before the first call to after the last one. */
  public record Server(long queries, long idsLoaded) {

    /** What both counted: two different servers. */
    public Server plus(Server other) {
      return new Server(queries + other.queries, idsLoaded + other.idsLoaded);
    }
  }

  /**
   * A {@code --fail-if}.
   *
   * @param missed why the load test fails by it; null if it does not
   */
  public record Threshold(String text, @Nullable String missed) {}

  /**
   * The verdict of a scenario: whether the server kept its promise.
   *
   * @param text for people
   */
  public record Verdict(boolean isPassed, String text) {}

  /** How many calls were measured. */
  public long calls() {
    return succeeded.getTotalCount() + failed.getTotalCount();
  }

  /** How many of {@code calls} ended in a second of the measurement, on average. */
  public double rate(long calls) {
    return durationSeconds > 0 ? calls / durationSeconds : 0;
  }

  private static Map<String, Long> sorted(Map<String, Long> counts, String name) {
    return Collections.unmodifiableMap(new TreeMap<>(requireNonNull(counts, name)));
  }
}
