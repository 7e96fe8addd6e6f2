package io.loadonce.bench.speed.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks of this package, each in a JVM of its own. Blocks until then.
 *
 * @param warmUp how long each benchmark runs before it is measured
 * @param time how long it is measured
 * @param forks how many JVMs run one after the other
 */
public record EngineRun(Duration warmUp, Duration time, int forks) {

  /** The benchmark of {@link #hits}. */
  public static final String HIT = "hit";

  public static final String OURS = "ours";
  public static final String GET_IF_PRESENT = "getIfPresent";
  public static final String GET_IF_PRESENT_EXPIRING = "getIfPresentExpiring";
  public static final String GET_IF_PRESENT_AND_CLOCK = "getIfPresentAndClock";

  private static final int ITERATIONS = 5;

  /**
   * The result of one benchmark.
   *
   * @param way the way that was measured
   * @param error half of the 99.9 % confidence interval of the mean
   */
  public record Score(
      String benchmark,
      int threads,
      int ids,
      String way,
      double callsPerMicrosecond,
      double error) {}

  /** Hits, by one thread, on many ids: {@link #OURS} and Caffeine's three. */
  public List<Score> hits() {
    return run(HIT, HitBenchmark.class, /* threads= */ 1, "16384");
  }

  private List<Score> run(String name, Class<?> benchmark, int threads, String... ids) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(benchmark.getName() + "\\.")
            .param("count", ids)
            .mode(Mode.Throughput)
            .timeUnit(TimeUnit.MICROSECONDS)
            .threads(threads)
            .forks(forks)
            .warmupIterations(ITERATIONS)
            .warmupTime(step(warmUp))
            .measurementIterations(ITERATIONS)
            .measurementTime(step(time))
            .jvmArgsAppend("-XX:+UseCompactObjectHeaders")
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    try {
      Collection<RunResult> results = new Runner(options.build()).run();
      return results.stream().map(result -> score(name, result)).toList();
    } catch (RunnerException e) {
      throw new IllegalStateException("JMH did not measure " + name, e);
    }
  }

  private static TimeValue step(Duration whole) {
    return TimeValue.nanoseconds(whole.toNanos() / ITERATIONS);
  }

  private static Score score(String name, RunResult result) {
    return new Score(
        name,
        result.getParams().getThreads(),
        Integer.parseInt(result.getParams().getParam("count")),
        result.getPrimaryResult().getLabel(),
        result.getPrimaryResult().getScore(),
        result.getPrimaryResult().getScoreError());
  }
}
