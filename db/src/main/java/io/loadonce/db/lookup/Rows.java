package io.loadonce.db.lookup;

import java.util.Locale;

/** How many rows the query of a lookup returns for one id. */
public enum Rows {
  /** One row or none; a second row is an error. */
  ONE,

  /** A list of rows, in the order of the query; it may be empty. */
  MANY;

  /** Returns the name in the settings. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
