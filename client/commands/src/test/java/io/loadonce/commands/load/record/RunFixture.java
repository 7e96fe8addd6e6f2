package io.loadonce.commands.load.record;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Runs with known numbers, for tests of the reports. */
public final class RunFixture {

  /** What must never reach a browser as markup. */
  public static final String HOSTILE = "</script><script>alert('\"&')</script>";

  private static final int CALLS_PER_SECOND = 1_000;

  private RunFixture() {}

  /**
   * A run of 10 s at 1,000 calls/s: latencies around {@code millis}, 1 % failed, and numbers of the
   * server in each second but the last.
   */
  public static RunRecord run(double millis, long seed) {
    return run(millis, seed, /* seconds= */ 10, /* unsent= */ 7, List.of("--lookup", HOSTILE));
  }

  /** The same in so many seconds, with so many calls that were not sent, and with these flags. */
  public static RunRecord run(
      double millis, long seed, int seconds, long unsent, List<String> flags) {
    SplittableRandom random = new SplittableRandom(seed);
    Series series = new Series(() -> new Second.Server(10, 3, 64_000_000), _ -> {});
    for (int second = 1; second <= seconds; second++) {
      Histogram ok = HistogramText.precise();
      Histogram failed = HistogramText.precise();
      double slower = random.nextDouble(0.95, 1.05);
      for (int i = 0; i < CALLS_PER_SECOND; i++) {
        double nanos = 1e6 * millis * slower * (1 + random.nextExponential() / 5);
        (i % 100 == 0 ? failed : ok).recordValue(Math.round(nanos));
      }
      long calls = (long) second * CALLS_PER_SECOND;
      series.add(1, ok, failed, new Series.Counts(calls, 0, Map.of("OK", calls)));
    }
    return new RunRecord(
        List.of(driver(seed, "127.0.0.1:50051", flags)),
        seconds,
        series.succeeded(),
        series.failed(),
        unsent,
        /* cutOffCalls= */ 0,
        Map.of("OK", 9_900L, "UNAVAILABLE", 100L),
        Map.of("MEMORY", 9_000L, "LOADED", 100L, "JOINED", 800L),
        Map.of(),
        new RunRecord.Server(100, 100),
        List.of(new RunRecord.Threshold("p99 > 20ms", /* missed= */ null)),
        new RunRecord.Verdict(/* isPassed= */ true, "storm: passed."),
        series.seconds());
  }

  /** The first seconds of a run, as if they were of a run with another target. */
  public static RunRecord shortened(RunRecord run, int seconds, String target) {
    return new RunRecord(
        List.of(driver(/* seed= */ 1, target, List.of())),
        seconds,
        run.succeeded(),
        run.failed(),
        run.unsentCalls(),
        run.cutOffCalls(),
        run.statuses(),
        run.sources(),
        run.failedIds(),
        run.server(),
        run.thresholds(),
        run.verdict(),
        run.seconds().subList(0, seconds));
  }

  private static RunRecord.Driver driver(long seed, String target, List<String> flags) {
    return new RunRecord.Driver(
        "Loadonce 0.1.0",
        Instant.parse("2026-11-28T06:00:00Z"),
        target,
        Stream.concat(Stream.of("load"), flags.stream()).toList(),
        "closed loop",
        seed,
        2,
        0.31,
        new RunRecord.Machine(2, "Linux amd64", "25.0.3"));
  }
}
