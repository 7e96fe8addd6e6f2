package io.loadonce.db.jdbc;

import io.loadonce.db.form.RowShape;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Assigns each row of a result to its id. */
final class RowCollector<V> {

  private final JdbcSource<V> source;
  private final Set<Key> requested;
  private final Map<Key, SourceRow<V>> rows;

  RowCollector(JdbcSource<V> source, List<Key> ids) {
    this.source = source;
    this.requested = new HashSet<>(ids);
    this.rows = HashMap.newHashMap(ids.size());
  }

  /**
   * Returns the rows by id; null if they cannot be told apart: a row has an id that was not
   * requested, or there are more rows than ids, of which the rest was not sent. Never null for a
   * single id.
   */
  @Nullable Map<Key, SourceRow<V>> collect(ResultSet result) throws SQLException, SourceException {
    RowShape<V> shape = source.shape(result.getMetaData());
    for (int count = 1; result.next(); count++) {
      Key id = shape.key(result);
      if (id != null && !requested.contains(id)) {
        id = null;
      }
      if (requested.size() > 1 && (id == null || count > requested.size())) {
        return null;
      }
      if (id == null) {
        Key only = requested.iterator().next();
        rows.put(
            only, unusable("the database returned a row with another key than the requested one"));
        continue;
      }
      SourceRow<V> row = read(shape, id, result);
      if (rows.putIfAbsent(id, row) != null) {
        rows.put(id, unusable("the query returns two rows for one id"));
      }
    }
    return rows;
  }

  /** Whatever is thrown while this row is read is about this row, unless the connection is lost. */
  private SourceRow<V> read(RowShape<V> shape, Key id, ResultSet result) throws SQLException {
    try {
      return shape.read(id, result);
    } catch (SourceException e) {
      if (e.getCause() instanceof SQLException failure) {
        rethrowIfUnavailable(failure);
      }
      return new SourceRow.Unusable<>(e);
    } catch (SQLException e) {
      rethrowIfUnavailable(e);
      return unusable("the row cannot be read");
    } catch (RuntimeException e) {
      return unusable("the row cannot be read");
    }
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
