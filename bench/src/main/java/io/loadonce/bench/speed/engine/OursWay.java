package io.loadonce.bench.speed.engine;

import io.loadonce.db.lookup.Key;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.EncodedRow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The engine, with a cache of as many rows as Caffeine has. */
final class OursWay {

  static final Duration TIME_TO_LIVE = Duration.ofHours(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final LoadOnce<Key, EncodedRow> loadOnce;

  OursWay(InstantSource source) {
    MemoryCache<Key, EncodedRow> cache =
        new MemoryCache<>(
            new CacheSettings(
                TIME_TO_LIVE,
                CacheSettings.NEVER,
                Duration.ofSeconds(5),
                /* jitter= */ 0.1,
                (long) Memory.MAX_ROWS
                    * (MemoryCache.ENTRY_OVERHEAD_BYTES + InstantSource.VALUE_BYTES),
                /* maxNegativeBytes= */ 1 << 20),
            _ -> 0,
            EncodedRow::sizeBytes);
    this.loadOnce =
        new LoadOnce<>(
            cache, LoadSettings.DEFAULTS, LockSettings.DEFAULTS, source, System::nanoTime);
  }

  /** Returns the row; loads it if it is not cached. Blocks meanwhile. */
  EncodedRow get(Key id) throws InterruptedException {
    if (loadOnce.await(id, TIMEOUT) instanceof Outcome.Found<EncodedRow> found) {
      return found.value();
    }
    throw new IllegalStateException("the source has every row");
  }

  /** A hit, as the service reads it. */
  @Nullable Outcome<EncodedRow> look(Key id) {
    return loadOnce.look(id, Freshness.ANY);
  }
}
