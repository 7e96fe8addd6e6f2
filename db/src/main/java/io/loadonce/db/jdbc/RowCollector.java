package io.loadonce.db.jdbc;

import io.loadonce.db.form.RowShape;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Assigns each row of a result to its id. */
final class RowCollector<V> {

  private final JdbcSource<V> source;
  private final Map<String, Key> asked;
  private final Map<Key, SourceRow<V>> rows;

  RowCollector(JdbcSource<V> source, List<Key> ids) {
    this.source = source;
    this.asked = HashMap.newHashMap(ids.size());
    this.rows = HashMap.newHashMap(ids.size());
    for (Key id : ids) {
      asked.put(id.text(), id);
    }
  }

  /**
   * Returns the rows by id; null if they cannot be told apart: a row has an id that was not
   * requested, or there are more rows than ids, of which the rest was not sent. Never null for a
   * single id.
   */
  @Nullable Map<Key, SourceRow<V>> collect(ResultSet result) throws SQLException, SourceException {
    RowShape<V> shape = source.shape(result.getMetaData());
    for (int count = 1; result.next(); count++) {
      Key id = idOf(shape.key(result));
      if (asked.size() > 1 && (id == null || count > asked.size())) {
        return null;
      }
      if (id == null) {
        Key only = asked.values().iterator().next();
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

  private @Nullable Key idOf(@Nullable String key) {
    return key == null ? null : asked.get(key);
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
