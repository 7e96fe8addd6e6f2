package io.loadonce.server.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.request.EncodedResource;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A LoadOnce in whose memory nothing grows old by time, so that only invalidation keeps it fresh.
 */
final class Engine {

  /** How long a test waits for what must come; a bound, not a pause. */
  static final Duration PATIENCE =
      Duration.ofSeconds(2L * Integer.getInteger("patience.seconds", 10));

  private Engine() {}

  static LoadOnce<ResourceId, EncodedResource> over(
      ResourceSource<ResourceId, EncodedResource> source,
      Duration unheardFor,
      LongSupplier nanoClock) {
    return new LoadOnce<>(
        new MemoryCache<>(
            new CacheSettings(
                Duration.ofDays(1), Duration.ofDays(1), Duration.ofDays(1), 0, 64 << 20, 1 << 20),
            id -> id.text().length(),
            EncodedResource::sizeBytes),
        new LoadSettings(0, Duration.ZERO, unheardFor),
        LockSettings.DEFAULTS,
        source,
        nanoClock);
  }

  /** Looks a row up, as a caller does. */
  static Outcome.Found<EncodedResource> get(
      LoadOnce<ResourceId, EncodedResource> engine, String id) {
    try {
      Outcome<EncodedResource> outcome = engine.await(new ResourceId(id), PATIENCE);
      assertThat(outcome).isInstanceOf(Outcome.Found.class);
      return (Outcome.Found<EncodedResource>) outcome;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static long version(LoadOnce<ResourceId, EncodedResource> engine, String id) {
    return get(engine, id).version();
  }
}
