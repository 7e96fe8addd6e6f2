package io.loadonce.db.lookup;

import io.loadonce.db.InvalidSettingException;

/**
 * One column of a key.
 *
 * @param name the name of the column in the result of the query
 */
public record KeyColumn(String name, KeyType type) {

  /**
   * @throws InvalidSettingException if the name is blank
   */
  public KeyColumn {
    if (name.isBlank()) {
      throw new InvalidSettingException(
          "key-column", "must not be empty; name a column of the query");
    }
  }

  /** Returns the column as the settings have it: {@code sku text}. */
  @Override
  public String toString() {
    return name + " " + type;
  }
}
