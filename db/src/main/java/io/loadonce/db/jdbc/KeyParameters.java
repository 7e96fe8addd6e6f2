package io.loadonce.db.jdbc;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.SelectByIds;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/** Sets the ids of a statement as its parameters. */
record KeyParameters(LookupSettings lookup, boolean isPostgresql) {

  /**
   * Sets the parameters of {@link SelectByIds#sql}; the last id fills the slots that are left.
   *
   * @param ids 1 to {@link SelectByIds#MAX_IDS}
   */
  void set(PreparedStatement statement, List<Key> ids) throws SQLException {
    if (lookup.query().usesArray()) {
      setArray(statement, ids);
      return;
    }
    KeyColumns key = lookup.key();
    int slots = SelectByIds.slots(ids.size());
    int parameter = 1;
    for (int slot = 0; slot < slots; slot++) {
      Key id = ids.get(Math.min(slot, ids.size() - 1));
      if (key.size() == 1) {
        set(statement, parameter++, key.get(0).type(), id);
        continue;
      }
      for (int i = 0; i < key.size(); i++) {
        set(statement, parameter++, key.get(i).type(), id.parts().get(i));
      }
    }
  }

  private void set(PreparedStatement statement, int index, KeyType type, Key id)
      throws SQLException {
    if (isPostgresql && (type == KeyType.ENUM || type == KeyType.CHAR)) {
      // Without a type, so that PostgreSQL takes that of the column.
      statement.setObject(index, type.parameter(id), Types.OTHER);
    } else {
      statement.setObject(index, type.parameter(id));
    }
  }

  private void setArray(PreparedStatement statement, List<Key> ids) throws SQLException {
    KeyType type = lookup.key().get(0).type();
    Object[] values = ids.stream().map(type::parameter).toArray();
    statement.setArray(1, statement.getConnection().createArrayOf(arrayType(type), values));
  }

  private static String arrayType(KeyType type) {
    return switch (type) {
      case BIGINT -> "int8";
      case INT -> "int4";
      case SMALLINT -> "int2";
      case TEXT, ENUM -> "text";
      case CHAR -> "bpchar";
      case UUID -> "uuid";
      case NUMERIC -> "numeric";
      case DATE -> "date";
    };
  }
}
