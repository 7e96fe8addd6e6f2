package io.loadonce.db.lookup;

import io.loadonce.db.InvalidSettingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The key of a lookup: one column, or several that identify a row together. Immutable.
 *
 * @param columns in the order in which callers send the parts of a key, 1 to {@link #MAX_COLUMNS}
 */
public record KeyColumns(List<KeyColumn> columns) {

  public static final int MAX_COLUMNS = 8;

  /**
   * @throws InvalidSettingException if there are too few or too many columns, or two of one name
   */
  public KeyColumns {
    columns = List.copyOf(columns);
    if (columns.isEmpty() || columns.size() > MAX_COLUMNS) {
      throw new InvalidSettingException(
          "key", "must have 1 to %d columns, not %d".formatted(MAX_COLUMNS, columns.size()));
    }
    Set<String> names = new HashSet<>();
    for (KeyColumn column : columns) {
      if (!names.add(column.name())) {
        throw new InvalidSettingException("key", "names the column " + column.name() + " twice");
      }
    }
  }

  /** Returns a key of one column. */
  public static KeyColumns of(String name, KeyType type) {
    return new KeyColumns(List.of(new KeyColumn(name, type)));
  }

  public int size() {
    return columns.size();
  }

  /** Returns the column with this index, from 0 on. */
  public KeyColumn get(int index) {
    return columns.get(index);
  }

  /**
   * Returns the key that the id of a request stands for. Never blocks.
   *
   * @throws InvalidIdException if this key has several columns, or the id is not of the column's
   *     type; the caller's fault
   */
  public Key parse(String id) throws InvalidIdException {
    if (columns.size() != 1) {
      throw new InvalidIdException(
          "this lookup has a key of %d columns (%s); set key, with one part for each column, and"
                  .formatted(columns.size(), this)
              + " leave out id");
    }
    return columns.getFirst().type().parse(id);
  }

  /**
   * Returns the key of these parts. Never blocks.
   *
   * @throws InvalidIdException if there is not one part for each column, if a part is not of its
   *     column's type, or if all are longer than {@link KeyType#MAX_ID_BYTES}; the caller's fault
   */
  public Key parse(List<String> parts) throws InvalidIdException {
    if (parts.size() != columns.size()) {
      throw new InvalidIdException(
          "this lookup has a key of %s (%s), and the request has %s"
              .formatted(counted(columns.size(), "column"), this, counted(parts.size(), "part")));
    }
    if (parts.size() == 1) {
      return parse(parts.getFirst());
    }
    Key[] keys = new Key[parts.size()];
    int bytes = 0;
    for (int i = 0; i < keys.length; i++) {
      KeyColumn column = columns.get(i);
      try {
        keys[i] = column.type().parse(parts.get(i));
      } catch (InvalidIdException e) {
        throw new InvalidIdException("key part %s: %s".formatted(column.name(), e.getMessage()));
      }
      bytes += parts.get(i).getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > KeyType.MAX_ID_BYTES) {
      throw new InvalidIdException(
          "key must not be longer than " + KeyType.MAX_ID_BYTES + " bytes in all");
    }
    return Key.of(List.of(keys));
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /** Returns the columns as the settings have them: {@code tenant_id bigint, sku text}. */
  @Override
  public String toString() {
    return columns.stream().map(KeyColumn::toString).collect(Collectors.joining(", "));
  }
}
