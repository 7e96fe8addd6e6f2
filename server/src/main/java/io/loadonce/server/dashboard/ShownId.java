package io.loadonce.server.dashboard;

import io.loadonce.db.lookup.Key;
import io.loadonce.server.lookup.HashedId;

/** How an id is shown on the page: as it is, or by its hash. */
final class ShownId {

  /** A longer id is cut. */
  private static final int MAX_LENGTH = 60;

  private ShownId() {}

  static String of(Key id, boolean hashed) {
    if (hashed) {
      return HashedId.of(id);
    }
    String text = id.text();
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
  }
}
