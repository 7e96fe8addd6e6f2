package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Availability;
import io.loadonce.db.source.Source;
import io.loadonce.server.load.Loaders;
import io.loadonce.server.load.Shared;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.WaiterBudget;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Lookups without a database, for tests. */
public final class LookupsOverSources {

  private static final int CONNECTIONS = 2;

  private LookupsOverSources() {}

  public static Lookups of(
      List<LookupConfig> configs,
      Function<LookupSettings, ? extends Source<Key, EncodedRow>> sources,
      LockSettings lock,
      LongSupplier nanoClock) {
    return new Lookups(
        configs,
        sources,
        new Shared(
            new WaiterBudget(lock.maxWaiters()), Loaders.of(CONNECTIONS), new Availability()),
        lock,
        nanoClock);
  }
}
