package io.loadonce.server.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Source;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.lookup.LookupsOverSources;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** A LoadOnce whose entries do not expire, so that only invalidation keeps them fresh. */
final class UnexpiringEngine {

  /** The longest time that a test waits for something that must happen. */
  static final Duration TIMEOUT =
      Duration.ofSeconds(2L * Integer.getInteger("timeout.seconds", 10));

  /** The lookup called default: the key is a bigint, and rows have versions. */
  static final LookupSettings VERSIONED =
      LookupSettings.of("SELECT id, version FROM item WHERE id IN (:ids)")
          .withVersionColumn("version");

  private UnexpiringEngine() {}

  static LoadOnce<Key, EncodedRow> over(
      Source<Key, EncodedRow> source, Duration staleOnDisconnect, LongSupplier nanoClock) {
    return lookups(List.of(VERSIONED), source, staleOnDisconnect, nanoClock)
        .all()
        .getFirst()
        .engine();
  }

  /** Some lookups that read from one source. */
  static Lookups lookups(
      List<LookupSettings> settings,
      Source<Key, EncodedRow> source,
      Duration staleOnDisconnect,
      LongSupplier nanoClock) {
    CacheSettings cache =
        new CacheSettings(
            Duration.ofDays(1), Duration.ofDays(1), Duration.ofDays(1), 0, 64 << 20, 1 << 20);
    LoadSettings load = new LoadSettings(0, Duration.ZERO, staleOnDisconnect);
    return LookupsOverSources.of(
        settings.stream().map(each -> new LookupConfig(each, cache, load)).toList(),
        _ -> source,
        LockSettings.DEFAULTS,
        nanoClock);
  }

  /** Looks a row up as a caller does. */
  static Outcome.Found<EncodedRow> get(LoadOnce<Key, EncodedRow> engine, String id) {
    try {
      Outcome<EncodedRow> outcome = engine.await(Key.of(id), TIMEOUT);
      assertThat(outcome).isInstanceOf(Outcome.Found.class);
      return (Outcome.Found<EncodedRow>) outcome;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static long version(LoadOnce<Key, EncodedRow> engine, String id) {
    return get(engine, id).version();
  }
}
