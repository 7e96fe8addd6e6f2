package io.loadonce.server;

import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.QueryCheck;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.ports.Health;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the database says of the queries of all lookups, in the order of the settings.
 *
 * @param checks by lookup
 */
record LookupChecks(Map<LookupSettings, QueryCheck> checks) {

  /**
   * Checks every lookup. Blocks for some round trips each.
   *
   * @throws SourceException.Unavailable if the database cannot be reached
   */
  static LookupChecks of(Database database, List<LookupConfig> lookups)
      throws SourceException.Unavailable {
    Map<LookupSettings, QueryCheck> checks = new LinkedHashMap<>();
    for (LookupConfig lookup : lookups) {
      checks.put(lookup.settings(), QueryCheck.of(database, lookup.settings()));
    }
    return new LookupChecks(checks);
  }

  /** Returns a line for each reason why a lookup cannot load rows. */
  List<String> problems() {
    List<String> lines = new ArrayList<>();
    checks.forEach(
        (lookup, check) -> check.problems().forEach(line -> lines.add(named(lookup, line))));
    return lines;
  }

  /** Tells the health service which lookups can load rows. */
  void report(Health health) {
    checks.forEach((lookup, check) -> health.lookup(lookup.name(), check.problems().isEmpty()));
  }

  /** Returns a line for each lookup whose queries are slow or may give wrong rows. */
  List<String> warnings() {
    List<String> lines = new ArrayList<>();
    checks.forEach(
        (lookup, check) -> check.warnings().forEach(line -> lines.add(named(lookup, line))));
    return lines;
  }

  private static String named(LookupSettings lookup, String line) {
    return "lookup %s: %s".formatted(lookup.name(), line);
  }
}
