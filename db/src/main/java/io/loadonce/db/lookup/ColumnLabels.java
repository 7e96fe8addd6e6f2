package io.loadonce.db.lookup;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The labels of the columns of a result, in their order. */
public record ColumnLabels(List<String> labels) {

  public ColumnLabels {
    labels = List.copyOf(labels);
  }

  /** Returns the labels of a result. */
  public static ColumnLabels of(ResultSetMetaData result) throws SQLException {
    List<String> labels = new ArrayList<>();
    for (int i = 1; i <= result.getColumnCount(); i++) {
      labels.add(result.getColumnLabel(i));
    }
    return new ColumnLabels(labels);
  }

  /**
   * Returns the index of the column with this name: the exact name first, then the name in any
   * case.
   *
   * @return from 1 on, as JDBC counts; 0 if there is none
   */
  public int indexOf(String name) {
    int exact = labels.indexOf(name) + 1;
    for (int i = 0; exact == 0 && i < labels.size(); i++) {
      if (labels.get(i).equalsIgnoreCase(name)) {
        return i + 1;
      }
    }
    return exact;
  }
}
