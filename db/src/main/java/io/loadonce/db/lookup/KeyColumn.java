package io.loadonce.db.lookup;

import io.loadonce.db.InvalidSettingException;

/**
 * One column of a key.
 *
 * @param name the name of the column in the result of the query
 */
public record KeyColumn(String name, KeyType type) {

  /**
   * @throws InvalidSettingException if the name is blank, or has a control character
   */
  public KeyColumn {
    requireName("key-column", name);
  }

  /**
   * Checks a name of a column, which is written into files and read again.
   *
   * @param setting the name is of
   */
  static void requireName(String setting, String name) {
    if (name.isBlank()) {
      throw new InvalidSettingException(setting, "must not be empty; name a column of the query");
    }
    if (!name.equals(name.strip()) || name.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidSettingException(
          setting, "must not begin or end with a blank, or have a control character");
    }
  }

  /** Returns the column as the settings have it: {@code sku text}. */
  @Override
  public String toString() {
    return name + " " + type;
  }
}
