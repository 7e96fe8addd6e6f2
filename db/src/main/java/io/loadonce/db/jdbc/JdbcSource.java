package io.loadonce.db.jdbc;

import io.loadonce.db.form.RowForm;
import io.loadonce.db.form.RowShape;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one lookup, loaded over the pool of a {@link Database}. Safe for use by many threads.
 *
 * @param <V> the cached value of a row
 */
public final class JdbcSource<V> implements Source<Key, V> {

  private final Database database;
  private final LookupSettings lookup;
  private final RowForm<V> form;
  private final ResultRoom room;

  /** The columns of the last result; replaced when the table has changed. */
  private volatile @Nullable RowShape<V> shape;

  JdbcSource(Database database, LookupSettings lookup, RowForm<V> form) {
    this.database = database;
    this.lookup = lookup;
    this.form = form;
    this.room = new ResultRoom(lookup, database.settings().maxQueryBytes());
  }

  @Override
  public SourceQuery<Key, V> query(List<Key> ids) {
    return new JdbcLoad<>(this, ids);
  }

  @Override
  public int connections() {
    return database.connections();
  }

  @Override
  public int maxIdsPerQuery() {
    return lookup.maxIdsPerQuery();
  }

  Database database() {
    return database;
  }

  LookupSettings lookup() {
    return lookup;
  }

  ResultRoom room() {
    return room;
  }

  RowShape<V> shape(ResultSetMetaData metaData) throws SQLException, SourceException {
    RowShape<V> known = shape;
    RowShape<V> current = RowShape.of(metaData, lookup, form, known);
    if (current != known) {
      shape = current;
    }
    return current;
  }
}
