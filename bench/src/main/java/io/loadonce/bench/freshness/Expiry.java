package io.loadonce.bench.freshness;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import io.loadonce.bench.freshness.SteadyCalls.Demand;
import io.loadonce.db.form.Row;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lock.LockSettings;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/**
 * How many queries rows cost that were read at the same moment and expire under a steady load.
 *
 * @param rows how many rows expire together
 * @param timeToLive of each row
 * @param measured how long the engine is called; longer than the time to live
 */
public record Expiry(int rows, Duration timeToLive, Duration measured) {

  public static final Expiry FULL =
      new Expiry(100_000, Duration.ofSeconds(10), Duration.ofSeconds(13));

  /** Shows that the measurement works; its figures mean nothing. */
  public static final Expiry QUICK =
      new Expiry(2_000, Duration.ofMillis(500), Duration.ofSeconds(1));

  private static final int GETS_PER_SECOND = 5_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration MAX_DELAY = Duration.ofMillis(40);
  private static final long WINDOW_NANOS = Duration.ofMillis(100).toNanos();
  private static final int WARM_UPS = 100;

  /** Notes when each query was sent. */
  private record Watched(Source<Key, Long> source, Queue<Long> queries)
      implements Source<Key, Long> {

    @Override
    public SourceQuery<Key, Long> query(List<Key> ids) {
      queries.add(System.nanoTime());
      return source.query(ids);
    }

    @Override
    public int connections() {
      return source.connections();
    }

    @Override
    public int maxIdsPerQuery() {
      return source.maxIdsPerQuery();
    }
  }

  private record Variant(Demand demand, Duration maxDelay, double jitter, double earlyRefresh) {}

  private record Measured(Variant variant, int most, int queries, long ids, long gets) {}

  /**
   * Measures each variant and returns a table. Blocks for minutes.
   *
   * @throws IllegalStateException if no row expired
   */
  public String measure() throws IOException, SQLException, InterruptedException {
    List<Measured> all = new ArrayList<>();
    try (VersionTable table = VersionTable.start(rows)) {
      for (Demand demand : Demand.values()) {
        for (Duration maxDelay : List.of(Duration.ZERO, MAX_DELAY)) {
          for (double jitter : new double[] {0, 0.1}) {
            for (double earlyRefresh : new double[] {0, 1}) {
              all.add(measure(table, new Variant(demand, maxDelay, jitter, earlyRefresh)));
            }
          }
        }
      }
    }
    return table(all);
  }

  private Measured measure(VersionTable table, Variant variant) throws InterruptedException {
    Queue<Long> queries = new ConcurrentLinkedQueue<>();
    MemoryCache<Key, Long> cache =
        new MemoryCache<>(
            new CacheSettings(
                timeToLive, timeToLive, timeToLive, variant.jitter(), 1L << 30, 1L << 20),
            _ -> 64,
            _ -> 8);
    try (Database database = table.open()) {
      LoadOnce<Key, Long> engine =
          new LoadOnce<>(
              cache,
              new LoadSettings(variant.earlyRefresh(), Duration.ZERO, Duration.ZERO),
              LockSettings.DEFAULTS,
              new Watched(
                  database.source(
                      VersionTable.lookup(variant.maxDelay()), StructForm.ofOne(Row::version)),
                  queries),
              System::nanoTime);
      for (int i = 0; i < WARM_UPS; i++) {
        engine.await(Key.of(Integer.toString(rows + i)), TIMEOUT);
      }
      queries.clear();
      long idsBefore = engine.idsLoaded();
      long readNanos = System.nanoTime();
      IntStream.range(0, rows)
          .forEach(id -> cache.fill(Key.of(Integer.toString(id)), 1L, 1, readNanos));
      long gets =
          new SteadyCalls(
                  engine, rows, variant.demand(), GETS_PER_SECOND, measured, TIMEOUT, (_, _) -> {})
              .call();
      if (queries.isEmpty()) {
        throw new IllegalStateException("no row expired");
      }
      return new Measured(
          variant, most(queries), queries.size(), engine.idsLoaded() - idsBefore, gets);
    }
  }

  /** The most queries in any window. */
  private static int most(Collection<Long> queries) {
    Deque<Long> window = new ArrayDeque<>();
    int most = 0;
    for (long query : queries.stream().sorted().toList()) {
      window.add(query);
      while (query - window.element() > WINDOW_NANOS) {
        window.remove();
      }
      most = Math.max(most, window.size());
    }
    return most;
  }

  private static String table(List<Measured> all) {
    return AsciiTable.getTable(
        AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
        all,
        List.of(
            new Column().header("demand").with(row -> row.variant().demand().toString()),
            new Column()
                .header("delay up to, ms")
                .with(row -> Long.toString(row.variant().maxDelay().toMillis())),
            new Column().header("jitter").with(row -> Double.toString(row.variant().jitter())),
            new Column()
                .header("early refresh")
                .with(row -> Double.toString(row.variant().earlyRefresh())),
            new Column().header("most queries in 100 ms").with(row -> Integer.toString(row.most())),
            new Column().header("queries").with(row -> "%,d".formatted(row.queries())),
            new Column().header("ids loaded").with(row -> "%,d".formatted(row.ids())),
            new Column().header("Gets").with(row -> "%,d".formatted(row.gets()))));
  }
}
