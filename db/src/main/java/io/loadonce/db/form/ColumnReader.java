package io.loadonce.db.form;

import com.google.protobuf.Value;
import io.loadonce.db.source.SourceException;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads one column of the current row as JSON knows it. Safe to share. */
@FunctionalInterface
interface ColumnReader {

  /**
   * @param column from 1
   * @throws SourceException if this value has no JSON form; the other rows are unharmed
   */
  Value read(ResultSet row, int column) throws SQLException, SourceException;
}
