package io.loadonce.db.form;

import com.google.protobuf.ByteString;
import com.google.protobuf.Value;
import io.loadonce.db.lookup.ColumnLabels;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of one result are read: the readers of its columns, resolved once and used for every
 * later result with the same columns. Immutable and safe to share.
 *
 * @param <V> the cached value of a row
 */
public final class RowShape<V> {

  /**
   * The columns of one row, encoded.
   *
   * @param version the value of the version column, 0 where none is configured
   */
  public record EncodedColumns(ByteString columns, long version) {}

  private record Column(String name, int jdbcType, String typeName) {}

  private final List<Column> columns;

  /** None is null unless there is a problem. */
  private final @Nullable ColumnReader[] readers;

  private final RowForm.Encoder<V> encoder;
  private final KeyColumns key;
  private final int[] keyIndexes;
  private final int versionColumn;

  /** Why no row of this shape can be returned, or null. */
  private final @Nullable String problem;

  private RowShape(
      List<Column> columns,
      @Nullable ColumnReader[] readers,
      LookupSettings settings,
      RowForm<V> form)
      throws SourceException {
    this.columns = columns;
    this.readers = readers;
    this.key = settings.key();
    this.keyIndexes = new int[key.size()];
    for (int i = 0; i < keyIndexes.length; i++) {
      keyIndexes[i] = indexOf(key.get(i).name());
    }
    String version = settings.versionColumn();
    this.versionColumn = version == null ? 0 : indexOf(version);
    this.encoder =
        form.encoder(columns.stream().map(Column::name).toList(), settings.maxRowBytes());
    this.problem = findProblem();
  }

  /**
   * Returns {@code known} if the result still has its columns, else a new shape.
   *
   * @throws SourceException if the key column or the version column is not in the result
   */
  public static <V> RowShape<V> of(
      ResultSetMetaData metaData,
      LookupSettings settings,
      RowForm<V> form,
      @Nullable RowShape<V> known)
      throws SQLException, SourceException {
    List<Column> columns = new ArrayList<>(metaData.getColumnCount());
    for (int i = 1; i <= metaData.getColumnCount(); i++) {
      String typeName = metaData.getColumnTypeName(i);
      columns.add(
          new Column(
              metaData.getColumnLabel(i),
              metaData.getColumnType(i),
              typeName == null ? "" : typeName));
    }
    if (known != null && known.columns.equals(columns)) {
      return known;
    }
    @Nullable ColumnReader[] readers = new ColumnReader[columns.size()];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = ColumnReaders.of(metaData, i + 1);
    }
    return new RowShape<>(columns, readers, settings, form);
  }

  /** Returns why no row of this shape can be returned, or null if rows can be returned. */
  public @Nullable String problem() {
    return problem;
  }

  /** Returns the key of the current row in its canonical form, or null if a part is NULL. */
  public @Nullable Key key(ResultSet row) throws SQLException {
    if (keyIndexes.length == 1) {
      return key.get(0).type().read(row, keyIndexes[0]);
    }
    List<Key> parts = new ArrayList<>(keyIndexes.length);
    for (int i = 0; i < keyIndexes.length; i++) {
      Key part = key.get(i).type().read(row, keyIndexes[i]);
      if (part == null) {
        return null;
      }
      parts.add(part);
    }
    return Key.of(parts);
  }

  /**
   * Reads the current row.
   *
   * @throws SourceException if this row cannot be returned; the others are unharmed
   */
  public EncodedColumns read(ResultSet row) throws SQLException, SourceException {
    if (problem != null) {
      throw new SourceException.InvalidRow(problem);
    }
    Value[] values = new Value[readers.length];
    for (int i = 0; i < readers.length; i++) {
      values[i] = value(i, row);
    }
    long version = version(row);
    return new EncodedColumns(encoder.encode(values), version);
  }

  /** Returns the row of an id that has one. */
  public SourceRow.Found<V> one(Key id, EncodedColumns row) {
    return new SourceRow.Found<>(encoder.one(id, row.version, row.columns), row.version);
  }

  /** Returns the rows of an id that has a list of them, with at least one in it. */
  public SourceRow.Found<V> many(Key id, long version, List<ByteString> rows) {
    return new SourceRow.Found<>(encoder.many(id, version, rows), version);
  }

  /** Whatever the driver throws for one value, it is this row that cannot be read. */
  private Value value(int index, ResultSet row) throws SourceException {
    try {
      return Objects.requireNonNull(readers[index]).read(row, index + 1);
    } catch (UnreadableValueException e) {
      throw unreadable(columns.get(index), e.getMessage(), e);
    } catch (SQLException | RuntimeException e) {
      throw unreadable(
          columns.get(index), "it cannot be read; cast it in the query, such as to text", e);
    }
  }

  private static SourceException unreadable(Column column, @Nullable String why, Exception cause) {
    return new SourceException.InvalidRow(
        "a value in column %s of type %s has no JSON form: %s"
            .formatted(column.name, column.typeName, why),
        cause);
  }

  private long version(ResultSet row) throws SQLException, SourceException {
    if (versionColumn == 0) {
      return 0;
    }
    long version = row.getLong(versionColumn);
    if (row.wasNull()) {
      throw new SourceException.InvalidRow("the version column is NULL");
    }
    return version;
  }

  private @Nullable String findProblem() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < readers.length; i++) {
      Column column = columns.get(i);
      if (readers[i] == null) {
        return "column %s has type %s, which has no JSON form; cast it in the query, such as to text"
            .formatted(column.name, column.typeName);
      }
      if (!names.add(column.name)) {
        return "two columns have the name %s; rename one with AS".formatted(column.name);
      }
    }
    if (versionColumn == 0) {
      return null;
    }
    return switch (columns.get(versionColumn - 1).jdbcType) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> null;
      default -> "the version column is not an integer of at most 64 bits; cast it in the query";
    };
  }

  /** From 1, as JDBC counts. */
  private int indexOf(String name) throws SourceException {
    int index = new ColumnLabels(columns.stream().map(Column::name).toList()).indexOf(name);
    if (index == 0) {
      throw new SourceException.QueryFailed(
          "the query returns no column " + name + ", which is set as key or version column",
          /* cause= */ null);
    }
    return index;
  }
}
