package io.loadonce.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.jdbc.JdbcSource;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.history.HistoryDatabase.Restart;
import io.loadonce.server.history.SteadyCalls.Demand;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.lock.LockSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What callers get while the database is not available for ten seconds, and how soon they get fresh
 * rows afterwards. For {@code docs/freshness.md}; takes minutes.
 */
@Tag("slow")
@EnabledIfSystemProperty(named = "history.measure", matches = "true")
class OutageMeasurementTest {
  private static final int ROWS = 10_000;
  private static final int GETS_PER_SECOND = 2_000;
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(5);
  private static final Duration BEFORE = Duration.ofSeconds(8);
  private static final Duration OUTAGE = Duration.ofSeconds(10);
  private static final Duration AFTER = Duration.ofSeconds(5);

  @TempDir private Path scratch;

  /** How the database fails. */
  private enum Outage {
    /** Its processes are suspended: connections stay open, and no reply arrives. */
    FROZEN,
    /** It has ended: connections are closed, and new ones are refused. */
    SHUT_DOWN
  }

  /** One call: when it began, when it was answered, and its outcome. */
  private record Answered(long beganNanos, long endedNanos, Outcome<Long> outcome) {
    String source() {
      return outcome instanceof Found<Long> found
          ? found.origin().toString()
          : outcome.getClass().getSimpleName();
    }

    /** Whether its row was read from the database after that moment. */
    boolean isReadAfter(long nanos) {
      return outcome instanceof Found<Long> found && endedNanos - found.ageNanos() - nanos > 0;
    }
  }

  @Test
  void outage_underLoad_sharesOfAnswersAndFirstFreshOne() throws Exception {
    for (Outage outage : Outage.values()) {
      for (Duration timeout : new Duration[] {Duration.ofSeconds(1), Duration.ofSeconds(10)}) {
        measure(outage, timeout, Duration.ZERO);
        measure(outage, timeout, Duration.ofMinutes(1));
      }
    }
  }

  private void measure(Outage outage, Duration timeout, Duration staleOnError) throws Exception {
    Queue<Answered> answers = new ConcurrentLinkedQueue<>();
    try (HistoryDatabase database =
            HistoryDatabase.start(ROWS, Files.createTempDirectory(scratch, "database"));
        var source = JdbcSource.open(database.settings(Duration.ZERO), LoadOnceSubject::payload);
        var threads = Executors.newScheduledThreadPool(2)) {
      LoadOnce<Key, Long> engine =
          new LoadOnce<>(
              new MemoryCache<>(
                  new CacheSettings(
                      TIME_TO_LIVE, TIME_TO_LIVE, TIME_TO_LIVE, 0.1, 1 << 28, 1 << 20),
                  _ -> 64,
                  _ -> 8),
              new LoadSettings(1, staleOnError, Duration.ZERO),
              LockSettings.DEFAULTS,
              source,
              System::nanoTime);
      Future<?> sweeps =
          threads.scheduleWithFixedDelay(engine::sweep, 0, 10, TimeUnit.MILLISECONDS);
      Future<Long> calls =
          threads.submit(
              new SteadyCalls(
                  engine,
                  ROWS,
                  Demand.ZIPF,
                  GETS_PER_SECOND,
                  BEFORE.plus(OUTAGE).plus(AFTER),
                  timeout,
                  (beganNanos, outcome) ->
                      answers.add(new Answered(beganNanos, System.nanoTime(), outcome))));
      waitFor(BEFORE);
      long goneNanos = System.nanoTime();
      long backNanos;
      Restart restart = stop(database, outage);
      try {
        waitFor(OUTAGE);
      } finally {
        restart.close();
        backNanos = System.nanoTime();
      }
      calls.get();
      waitFor(timeout);
      sweeps.cancel(false);
      report(
          "%s, callers wait %d s, stale-on-error %s"
              .formatted(
                  outage,
                  timeout.toSeconds(),
                  staleOnError.isZero() ? "off" : staleOnError.toSeconds() + " s"),
          answers,
          goneNanos,
          backNanos);
    }
  }

  private static Restart stop(HistoryDatabase database, Outage outage)
      throws IOException, SQLException {
    return switch (outage) {
      case FROZEN -> database.freeze();
      case SHUT_DOWN -> database.shutDown();
    };
  }

  private static void report(String what, Queue<Answered> answers, long gone, long back) {
    Map<String, Long> during =
        answers.stream()
            .filter(answer -> answer.beganNanos() - gone > 0 && answer.beganNanos() - back < 0)
            .collect(Collectors.groupingBy(Answered::source, TreeMap::new, Collectors.counting()));
    long all = during.values().stream().mapToLong(Long::longValue).sum();
    String shares =
        during.entrySet().stream()
            .map(entry -> "%s %.1f %%".formatted(entry.getKey(), 100.0 * entry.getValue() / all))
            .collect(Collectors.joining(", "));
    long firstFreshNanos =
        answers.stream()
            .filter(answer -> answer.isReadAfter(back))
            .mapToLong(answer -> answer.endedNanos() - back)
            .min()
            .orElse(-1);
    long lastErrorNanos =
        answers.stream()
            .filter(answer -> answer.beganNanos() - back > 0)
            .filter(answer -> !(answer.outcome() instanceof Found))
            .mapToLong(answer -> answer.endedNanos() - back)
            .max()
            .orElse(0);
    System.out.printf(
        "outage, %s: %,d Gets in %.1f s: %s; first fresh answer %.1f ms after the database was"
            + " back, last error of a later Get after %.1f ms%n",
        what, all, (back - gone) / 1e9, shares, firstFreshNanos / 1e6, lastErrorNanos / 1e6);
    assertThat(firstFreshNanos).as("there was a fresh answer").isNotNegative();
  }

  private static void waitFor(Duration duration) throws InterruptedException {
    var _ = new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }
}
