package io.loadonce.bench.freshness;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import io.loadonce.bench.freshness.SteadyCalls.Demand;
import io.loadonce.bench.freshness.VersionTable.Interruption;
import io.loadonce.db.form.Row;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.lock.LockSettings;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What callers get while the database is away, and how soon they get fresh rows afterwards.
 *
 * @param before how long the engine is called before the outage
 * @param outage how long the database is away
 * @param after how long the engine is called after the outage
 */
public record Outage(Duration before, Duration outage, Duration after) {

  public static final Outage FULL =
      new Outage(Duration.ofSeconds(8), Duration.ofSeconds(10), Duration.ofSeconds(5));

  /** Shows that the measurement works; its figures mean nothing. */
  public static final Outage QUICK =
      new Outage(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(3));

  private static final int ROWS = 10_000;
  private static final int GETS_PER_SECOND = 2_000;
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(5);
  private static final List<Duration> TIMEOUTS =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(10));
  private static final List<Duration> STALE_ON_ERROR =
      List.of(Duration.ZERO, Duration.ofMinutes(1));

  /** How the database is away. */
  private enum Kind {
    /** Its processes stand still: connections stay open, and no answer comes. */
    STANDS_STILL,
    /** It has ended: connections are cut, and new ones are refused. */
    SHUT_DOWN;

    Interruption begin(VersionTable table) throws IOException {
      return switch (this) {
        case STANDS_STILL -> table.freeze();
        case SHUT_DOWN -> table.shutDown();
      };
    }
  }

  /** One answer: when the call began, when the answer came, and what it was. */
  private record Answered(long beganNanos, long endedNanos, Outcome<Long> outcome) {
    String name() {
      return outcome instanceof Found<Long> found
          ? found.origin().toString()
          : outcome.getClass().getSimpleName();
    }

    /** Whether the row was read from the database after that moment. */
    boolean isReadAfter(long nanos) {
      return outcome instanceof Found<Long> found && endedNanos - found.ageNanos() - nanos > 0;
    }
  }

  private record Measured(
      Kind kind,
      Duration timeout,
      Duration staleOnError,
      String shares,
      double freshAfterMillis,
      double lastErrorMillis) {}

  /**
   * Measures each kind of outage and returns a table. Blocks for minutes.
   *
   * @throws IllegalStateException if no row was read after an outage
   */
  public String measure()
      throws IOException, SQLException, InterruptedException, ExecutionException {
    List<Measured> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (Duration timeout : TIMEOUTS) {
        for (Duration staleOnError : STALE_ON_ERROR) {
          all.add(measure(kind, timeout, staleOnError));
        }
      }
    }
    return table(all);
  }

  private Measured measure(Kind kind, Duration timeout, Duration staleOnError)
      throws IOException, SQLException, InterruptedException, ExecutionException {
    Queue<Answered> answers = new ConcurrentLinkedQueue<>();
    try (VersionTable table = VersionTable.start(ROWS);
        Database database = table.open();
        var threads = Executors.newScheduledThreadPool(2)) {
      LoadOnce<Key, Long> engine =
          new LoadOnce<>(
              new MemoryCache<>(
                  new CacheSettings(
                      TIME_TO_LIVE, TIME_TO_LIVE, TIME_TO_LIVE, 0.1, 1 << 28, 1 << 20),
                  _ -> 64,
                  _ -> 8),
              new LoadSettings(/* earlyRefresh= */ 1, staleOnError, Duration.ZERO),
              LockSettings.DEFAULTS,
              database.source(
                  VersionTable.lookup(/* maxDelay= */ Duration.ZERO),
                  StructForm.ofOne(Row::version)),
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
                  before.plus(outage).plus(after),
                  timeout,
                  (beganNanos, outcome) ->
                      answers.add(new Answered(beganNanos, System.nanoTime(), outcome))));
      pause(before);
      long goneNanos = System.nanoTime();
      try (var _ = kind.begin(table)) {
        pause(outage);
      }
      long backNanos = System.nanoTime();
      calls.get();
      pause(timeout);
      sweeps.cancel(false);
      return new Measured(
          kind,
          timeout,
          staleOnError,
          shares(answers, goneNanos, backNanos),
          freshAfterNanos(answers, backNanos) / 1e6,
          lastErrorNanos(answers, backNanos) / 1e6);
    }
  }

  private static String shares(Collection<Answered> answers, long goneNanos, long backNanos) {
    Map<String, Long> during =
        answers.stream()
            .filter(answer -> answer.beganNanos() - goneNanos > 0)
            .filter(answer -> answer.beganNanos() - backNanos < 0)
            .collect(Collectors.groupingBy(Answered::name, TreeMap::new, Collectors.counting()));
    long all = during.values().stream().mapToLong(Long::longValue).sum();
    return during.entrySet().stream()
        .map(entry -> "%s %.1f %%".formatted(entry.getKey(), 100.0 * entry.getValue() / all))
        .collect(Collectors.joining(", "));
  }

  private static long freshAfterNanos(Collection<Answered> answers, long backNanos) {
    return answers.stream()
        .filter(answer -> answer.isReadAfter(backNanos))
        .mapToLong(answer -> answer.endedNanos() - backNanos)
        .min()
        .orElseThrow(() -> new IllegalStateException("no row was read after the outage"));
  }

  private static long lastErrorNanos(Collection<Answered> answers, long backNanos) {
    return answers.stream()
        .filter(answer -> answer.beganNanos() - backNanos > 0)
        .filter(answer -> !(answer.outcome() instanceof Found))
        .mapToLong(answer -> answer.endedNanos() - backNanos)
        .max()
        .orElse(0);
  }

  private static String table(List<Measured> all) {
    return AsciiTable.getTable(
        AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
        all,
        List.of(
            new Column().header("database").with(row -> row.kind().toString()),
            new Column()
                .header("deadline, s")
                .with(row -> Long.toString(row.timeout().toSeconds())),
            new Column()
                .header("stale-on-error, s")
                .with(row -> Long.toString(row.staleOnError().toSeconds())),
            new Column().header("answers during the outage").with(Measured::shares),
            new Column()
                .header("fresh after, ms")
                .with(row -> "%.1f".formatted(row.freshAfterMillis())),
            new Column()
                .header("last error after, ms")
                .with(row -> "%.1f".formatted(row.lastErrorMillis()))));
  }

  private static void pause(Duration duration) throws InterruptedException {
    var _ = new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }
}
