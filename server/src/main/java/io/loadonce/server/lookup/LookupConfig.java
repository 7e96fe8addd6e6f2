package io.loadonce.server.lookup;

import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.LoadSettings;
import java.util.List;

/**
 * One lookup as it is configured. Immutable.
 *
 * @param settings its name, its query and its key
 * @param cache how long its entries are fresh, and the memory for them alone
 * @param load when its rows are refreshed or served as stale
 * @param changes the tables whose changes invalidate its entries, each with the columns that hold
 *     the key: {@code order_line(order_id)}; empty for the only table of its query
 */
public record LookupConfig(
    LookupSettings settings, CacheSettings cache, LoadSettings load, List<String> changes) {

  public LookupConfig {
    changes = List.copyOf(changes);
  }

  /**
   * Returns this lookup with the settings of another that can change while the service runs.
   *
   * @param withBudgets whether the memory budgets change, too
   */
  public LookupConfig withChangesOf(LookupConfig other, boolean withBudgets) {
    return new LookupConfig(
        settings,
        withBudgets ? other.cache : other.cache.withBudgetsOf(cache),
        other.load.withStaleOnDisconnect(load.staleOnDisconnect()),
        changes);
  }

  /** A lookup whose entries are invalidated by changes of the only table of its query. */
  public LookupConfig(LookupSettings settings, CacheSettings cache, LoadSettings load) {
    this(settings, cache, load, List.of());
  }
}
