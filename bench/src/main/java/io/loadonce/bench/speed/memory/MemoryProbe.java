package io.loadonce.bench.speed.memory;

import io.loadonce.bench.speed.contender.Jvm;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.EncodedRow;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Fills the cache of the engine in a JVM of its own and measures its memory. */
public final class MemoryProbe {

  /** The size of a row with a few columns. */
  private static final int ROW_BYTES = 200;

  private static final Duration START_AND_FILL = Duration.ofMinutes(2);
  private static final int GARBAGE_COLLECTIONS = 3;

  /** Put into a cache that is dropped, so that the memory of classes is not counted. */
  private static final int ROWS_BEFORE = 1_000;

  private MemoryProbe() {}

  /**
   * The result.
   *
   * @param rows the cached rows
   * @param bytesPerRow the difference of the heap with the rows and without them, after a
   *     collection
   * @param encodedBytes the size of a row as it is sent
   * @param hitsPerSecond the hits of one thread, which measures the time of each
   * @param p99Nanos the 99th percentile of those times
   */
  public record Seen(
      long rows, double bytesPerRow, int encodedBytes, double hitsPerSecond, long p99Nanos) {

    private String line() {
      return "%d %s %d %s %d".formatted(rows, bytesPerRow, encodedBytes, hitsPerSecond, p99Nanos);
    }

    static Seen parse(String line) {
      String[] words = line.strip().split(" ", -1);
      return new Seen(
          Long.parseLong(words[0]),
          Double.parseDouble(words[1]),
          Integer.parseInt(words[2]),
          Double.parseDouble(words[3]),
          Long.parseLong(words[4]));
    }
  }

  /** Runs it for so many rows. Blocks until it has ended. */
  public static Seen of(int rows, Duration time) throws IOException, InterruptedException {
    List<String> arguments = List.of(Integer.toString(rows), Long.toString(time.toMillis()));
    Process probe =
        new ProcessBuilder(Jvm.command(MemoryProbe.class, arguments))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread ender = new Thread(probe::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(ender);
    try {
      if (!probe.waitFor(START_AND_FILL.plus(time).toNanos(), TimeUnit.NANOSECONDS)
          || probe.exitValue() != 0) {
        throw new IllegalStateException("the probe of %,d rows failed".formatted(rows));
      }
      return Seen.parse(
          new String(probe.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
    } finally {
      probe.destroyForcibly();
      Runtime.getRuntime().removeShutdownHook(ender);
    }
  }

  /** Prints one line. */
  public static void main(String[] arguments) {
    int rows = Integer.parseInt(arguments[0]);
    Duration time = Duration.ofMillis(Long.parseLong(arguments[1]));
    var _ = filled(Math.min(rows, ROWS_BEFORE));
    long before = usedBytes();
    MemoryCache<Key, EncodedRow> cache = filled(rows);
    double bytesPerRow = (usedBytes() - before) / (double) rows;
    Histogram nanos = new Histogram(TimeUnit.SECONDS.toNanos(10), 3);
    LoadOnce<Key, EncodedRow> loadOnce =
        new LoadOnce<>(
            cache, LoadSettings.DEFAULTS, LockSettings.DEFAULTS, new NoSource(), System::nanoTime);
    hit(loadOnce, rows, time, new Histogram(nanos));
    double hitsPerSecond = hit(loadOnce, rows, time, nanos);
    System.out.println(
        new Seen(
                cache.settle().rows(),
                bytesPerRow,
                ROW_BYTES,
                hitsPerSecond,
                nanos.getValueAtPercentile(99))
            .line());
  }

  private static MemoryCache<Key, EncodedRow> filled(int rows) {
    MemoryCache<Key, EncodedRow> cache =
        new MemoryCache<>(
            new CacheSettings(
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofSeconds(5),
                /* jitter= */ 0,
                /* maxBytes= */ 1L << 40,
                /* maxNegativeBytes= */ 1 << 20),
            Key::memoryBytes,
            EncodedRow::sizeBytes);
    long readNanos = System.nanoTime();
    for (int i = 0; i < rows; i++) {
      byte[] bytes = new byte[ROW_BYTES];
      EncodedRow row = EncodedRow.copyOf(bytes);
      cache.fill(id(i), row, /* version= */ 0, readNanos);
    }
    return cache.settle();
  }

  /** Reads by one thread for the given time; returns the hits per second. */
  private static double hit(
      LoadOnce<Key, EncodedRow> loadOnce, int rows, Duration time, Histogram nanos) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long began = System.nanoTime();
    long until = began + time.toNanos();
    long hits = 0;
    long now = began;
    while (now - until < 0) {
      Key id = id(random.nextInt(rows));
      long asked = System.nanoTime();
      if (loadOnce.look(id, Freshness.ANY) == null) {
        throw new IllegalStateException(id + " is not cached");
      }
      now = System.nanoTime();
      nanos.recordValue(Math.min(now - asked, nanos.getHighestTrackableValue()));
      hits++;
    }
    return hits * 1e9 / (now - began);
  }

  private static Key id(int place) {
    return Key.of(Integer.toString(1_000_000 + place));
  }

  private static long usedBytes() {
    for (int i = 0; i < GARBAGE_COLLECTIONS; i++) {
      ManagementFactory.getMemoryMXBean().gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Fails, because all rows are cached and none is loaded. */
  private static final class NoSource implements Source<Key, EncodedRow> {
    @Override
    public SourceQuery<Key, EncodedRow> query(List<Key> ids) {
      throw new IllegalStateException("a load of " + ids);
    }

    @Override
    public int connections() {
      return 1;
    }

    @Override
    public int maxIdsPerQuery() {
      return 1;
    }
  }
}
