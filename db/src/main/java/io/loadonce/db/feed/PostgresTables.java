package io.loadonce.db.feed;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the catalog says of the watched tables at each heartbeat: whether each of them has its
 * triggers, and whether it is still the same table. For one thread.
 */
final class PostgresTables {

  /*
   * A table that has relatives needs triggers for each row, and one that stands alone has triggers
   * for each statement or each row. Bits of tgtype: 1 each row, 4 INSERT, 8 DELETE, 16 UPDATE, 32
   * TRUNCATE. A TRUNCATE of a partition need not be reported: it shows in relfilenode, as a rewrite
   * of the table does, a partition that comes or goes, and another table under this name.
   */
  private static final String QUERY =
      """
      WITH RECURSIVE
      watched AS (
        SELECT n, to_regclass(name)::oid AS root, suffix
        FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS given (name, suffix, n)),
      tree (n, rel) AS (
        SELECT n, root FROM watched
        UNION SELECT n, inhrelid FROM tree JOIN pg_inherits ON inhparent = rel),
      place AS (
        SELECT n, root, suffix, nspname || '.' || relname AS place,
          NOT EXISTS (SELECT FROM pg_inherits WHERE root IN (inhparent, inhrelid)) AS stands_alone
        FROM watched JOIN pg_class ON pg_class.oid = root
        JOIN pg_namespace ON pg_namespace.oid = relnamespace),
      member AS (
        SELECT n, rel, relfilenode,
          CASE WHEN relispartition AND rel <> root THEN 28 ELSE 60 END AS needed,
          coalesce((
            SELECT bit_or(tgtype::int) FROM pg_trigger
            WHERE tgrelid = rel AND tgenabled IN ('O', 'A') AND tgname LIKE 'loadonce\\_%'
            AND tgargs IN (CASE WHEN rel = root THEN own END, of_parent)
            AND (tgtype & 33 <> 0 OR stands_alone)), 0) AS found
        FROM tree JOIN pg_class ON pg_class.oid = rel JOIN place USING (n)
        CROSS JOIN LATERAL (VALUES ({arguments})) AS arguments (own, of_parent))
      SELECT place.place || place.suffix,
        (SELECT string_agg(rel::text || ' ' || relfilenode, ',' ORDER BY rel)
          FROM member WHERE member.n = watched.n),
        (SELECT rel::regclass::text FROM member
          WHERE member.n = watched.n AND found & needed <> needed ORDER BY rel LIMIT 1)
      FROM watched LEFT JOIN place USING (n) ORDER BY n
      """
          .replace("{arguments}", PostgresTriggers.arguments("place.place", "place.suffix"));

  private final Connection connection;
  private final List<ChangedTable> tables;
  private final List<String> places;
  private final List<List<Watcher>> watchers;

  /** The oid and the relfilenode of each table and of its descendants; empty at first. */
  private List<String> identities = List.of();

  PostgresTables(Connection connection, WatchedTables watched) {
    this.connection = connection;
    this.tables = List.copyOf(watched.tables().keySet());
    this.places = watched.places();
    this.watchers = places.stream().map(watched::watchers).toList();
  }

  /**
   * Checks all tables. Blocks for a round trip.
   *
   * @return for each lookup of a table that reports no changes, {@link Change.Unreported}; for each
   *     lookup of a table that is another one than at the last check, {@link Change.Everything}
   */
  List<Change> check() throws SQLException {
    List<Change> changes = new ArrayList<>();
    List<String> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      statement.setArray(1, texts(tables.stream().map(ChangedTable::name).toList()));
      statement.setArray(2, texts(tables.stream().map(ChangedTable::suffix).toList()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          int n = found.size();
          found.add(String.valueOf(row.getString(2)));
          String problem = problem(n, row.getString(1), row.getString(3));
          if (problem != null) {
            watchers.get(n).forEach(each -> changes.add(each.unreported(problem)));
          }
        }
      }
    }
    for (int n = 0; n < identities.size(); n++) {
      if (!identities.get(n).equals(found.get(n))) {
        watchers.get(n).forEach(each -> changes.add(each.everything()));
      }
    }
    identities = found;
    return changes;
  }

  /**
   * @param without a table without triggers, this one or a descendant; null if there is none
   */
  private @Nullable String problem(int n, @Nullable String place, @Nullable String without) {
    if (!places.get(n).equals(place)) {
      return "there is no table %s any more".formatted(tables.get(n).name());
    }
    return without == null
        ? null
        : "the table %s has no change triggers for %s: apply the output of `./loadonce sql triggers`"
            .formatted(without, tables.get(n));
  }

  private Array texts(List<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
  }
}
