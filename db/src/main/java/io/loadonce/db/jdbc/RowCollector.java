package io.loadonce.db.jdbc;

import io.loadonce.db.form.RowShape;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.Rows;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Assigns each row of a result to its id. */
final class RowCollector<V> {

  private final RowShape<V> shape;
  private final LookupSettings lookup;
  private final Set<Key> requested;
  private final Map<Key, SourceRow<V>> rows;

  /** Empty, unless the ids have lists of rows. */
  private final Map<Key, ListBuilder<V>> lists = new HashMap<>();

  private final ResultRoom room;
  private long bytes;

  RowCollector(RowShape<V> shape, LookupSettings lookup, ResultRoom room, List<Key> ids) {
    this.shape = shape;
    this.lookup = lookup;
    this.room = room;
    this.requested = new HashSet<>(ids);
    this.rows = HashMap.newHashMap(ids.size());
  }

  /** Returns the most rows that a result for so many ids can rightly have. */
  static int maxRows(LookupSettings lookup, int ids) {
    return lookup.rows() == Rows.MANY ? ids * lookup.maxRows() : ids;
  }

  /**
   * Returns the rows by id; null if they cannot be told apart: a row has an id that was not
   * requested, or there are more rows than is right, of which the rest was not sent. Never null for
   * a single id. If the rows have no room, all ids are {@link SourceRow.NotRead}; a single id has.
   */
  @Nullable Map<Key, SourceRow<V>> collect(ResultSet result) throws SQLException {
    boolean isAlone = requested.size() == 1;
    int maxRows = maxRows(lookup, requested.size());
    for (int count = 1; result.next(); count++) {
      Key id = shape.key(result);
      boolean isRequested = id != null && requested.contains(id);
      if (!isAlone && (!isRequested || count > maxRows)) {
        return null;
      }
      if (id != null && isRequested) {
        add(id, result);
        if (!isAlone && bytes > room.maxBytes()) {
          room.overflowed(requested.size());
          return notRead(requested);
        }
      } else {
        rows.put(
            requested.iterator().next(),
            unusable("the database returned a row with another key than the requested one"));
      }
    }
    lists.forEach((id, list) -> rows.putIfAbsent(id, list.build(id, shape)));
    room.read(requested.size(), bytes);
    return rows;
  }

  /** Whatever is thrown while this row is read is about this row, unless the connection is lost. */
  private void add(Key id, ResultSet result) throws SQLException {
    try {
      add(id, shape.read(result));
    } catch (SourceException e) {
      if (e.getCause() instanceof SQLException failure) {
        rethrowIfUnavailable(failure);
      }
      fail(id, e);
    } catch (SQLException e) {
      rethrowIfUnavailable(e);
      fail(id, new SourceException.InvalidRow("the row cannot be read", e));
    } catch (RuntimeException e) {
      fail(id, new SourceException.InvalidRow("the row cannot be read", e));
    }
  }

  private void add(Key id, RowShape.EncodedColumns row) {
    bytes += row.columns().size();
    if (lookup.rows() == Rows.MANY) {
      list(id).add(row);
    } else if (rows.putIfAbsent(id, shape.one(id, row)) != null) {
      rows.put(id, unusable("the query returns two rows for one id"));
    }
  }

  private void fail(Key id, SourceException reason) {
    if (lookup.rows() == Rows.MANY) {
      list(id).fail(reason);
    } else {
      rows.put(id, new SourceRow.Unusable<>(reason));
    }
  }

  private ListBuilder<V> list(Key id) {
    return lists.computeIfAbsent(id, _ -> new ListBuilder<>(lookup));
  }

  static <V> Map<Key, SourceRow<V>> notRead(Collection<Key> ids) {
    Map<Key, SourceRow<V>> none = HashMap.newHashMap(ids.size());
    ids.forEach(id -> none.put(id, new SourceRow.NotRead<>()));
    return none;
  }

  private static void rethrowIfUnavailable(SQLException failure) throws SQLException {
    if (SqlFailure.isCancelled(failure)
        || SqlFailure.of(failure) instanceof SourceException.Unavailable) {
      throw failure;
    }
  }

  private static <V> SourceRow<V> unusable(String reason) {
    return new SourceRow.Unusable<>(new SourceException.InvalidRow(reason));
  }
}
