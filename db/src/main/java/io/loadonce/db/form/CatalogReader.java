package io.loadonce.db.form;

import com.google.protobuf.Value;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads a column whose type is in PostgreSQL's catalog only. It reads the catalog at the first
 * value, when a value does not fit any more, and after a minute: a result does not show that {@code
 * ALTER TYPE} has renamed an attribute. Safe for use by many threads.
 */
final class CatalogReader implements ColumnReader {

  private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();

  private record Known(TextForm form, long readNanos) {}

  private final String typeName;
  private volatile @Nullable Known known;

  CatalogReader(String typeName) {
    this.typeName = typeName;
  }

  /** Blocks for a few small queries where it reads the catalog. */
  @Override
  public Value read(ResultSet row, int column) throws SQLException, UnreadableValueException {
    String text = row.getString(column);
    if (text == null) {
      return JsonValues.NULL;
    }
    Known current = known;
    if (current == null || System.nanoTime() - current.readNanos > FRESH_NANOS) {
      return readCatalog(row.getStatement()).read(text);
    }
    try {
      return current.form.read(text);
    } catch (UnreadableValueException.TypeChanged _) {
      return readCatalog(row.getStatement()).read(text);
    }
  }

  /** The rows of the statement are in memory already: its connection is free for the catalog. */
  private TextForm readCatalog(Statement statement) throws SQLException {
    long now = System.nanoTime();
    PostgresCatalog catalog =
        new PostgresCatalog(statement.getConnection(), statement.getQueryTimeout());
    TextForm form = catalog.form(typeName);
    known = new Known(form, now);
    return form;
  }
}
