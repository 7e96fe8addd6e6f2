package io.loadonce.bench.speed.scene;

import com.google.protobuf.InvalidProtocolBufferException;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.v1.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The engine without a server around it, over the slow query; callers are callbacks. */
final class EngineHerd implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final CacheSettings MEMORY =
      new CacheSettings(
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(5),
          /* jitter= */ 0,
          /* maxBytes= */ 1 << 20,
          /* maxNegativeBytes= */ 1 << 20);

  private final Database database;
  private final LoadOnce<Key, EncodedRow> loadOnce;

  private EngineHerd(Database database) {
    this.database = database;
    this.loadOnce =
        new LoadOnce<>(
            new MemoryCache<>(MEMORY, Key::memoryBytes, EncodedRow::sizeBytes),
            LoadSettings.DEFAULTS,
            LockSettings.DEFAULTS,
            database.source(
                LookupSettings.of(PostgresTable.SLOW_QUERY), StructForm.ofOne(EncodedRow::of)),
            System::nanoTime);
  }

  static EngineHerd open(PostgresTable table) {
    return new EngineHerd(
        Database.open(DatabaseSettings.of(table.url(), PostgresTable.USER, /* password= */ "")));
  }

  /**
   * Calls the engine this many times for one cold id. Blocks until all calls are answered.
   *
   * @return the milliseconds from the row to the last answer
   * @throws IllegalStateException if a caller got something else than the row
   */
  double gather(long id, int callers) throws InterruptedException {
    Key wanted = Key.of(Long.toString(id));
    CountDownLatch answers = new CountDownLatch(callers);
    LongAdder waited = new LongAdder();
    AtomicReference<@Nullable EncodedRow> row = new AtomicReference<>();
    for (int i = 0; i < callers; i++) {
      var _ =
          loadOnce.join(
              wanted,
              Freshness.ANY,
              TIMEOUT,
              outcome -> {
                if (outcome instanceof Outcome.Found<EncodedRow> found
                    && found.origin() != Outcome.Origin.MEMORY) {
                  waited.increment();
                  row.set(found.value());
                }
                answers.countDown();
              });
    }
    boolean all = answers.await(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    Instant last = Instant.now();
    HerdScene.requireAll(waited.sum(), callers);
    EncodedRow answer = row.get();
    if (!all || answer == null) {
      throw new IllegalStateException(answers.getCount() + " callers are not answered");
    }
    try {
      return HerdScene.millisSince(Resource.parseFrom(answer.bytes()), last);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the engine cached something that is not a row", e);
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
