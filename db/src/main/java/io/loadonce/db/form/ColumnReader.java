package io.loadonce.db.form;

import com.google.protobuf.Value;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads one column of the current row as a JSON value. Safe to share. */
@FunctionalInterface
interface ColumnReader {

  /**
   * Returns the value; SQL's NULL is JSON's null.
   *
   * @param column from 1
   * @throws UnreadableValueException if this value has no JSON form; the other rows are not
   *     affected
   */
  Value read(ResultSet row, int column) throws SQLException, UnreadableValueException;
}
