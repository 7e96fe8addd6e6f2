package io.loadonce.db.feed;

import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lookup that watches a table by some columns.
 *
 * @param lookup its name
 * @param isByKey whether the columns of the table and the keys in the cache have the same texts; if
 *     not, each change invalidates everything of the lookup
 */
record Watcher(String lookup, KeyColumns key, boolean isByKey) {

  /** The change of any row of the table. */
  Change everything() {
    return new Change.Everything(lookup);
  }

  /** No change: those of the table are not reported. */
  Change unreported(String reason) {
    return new Change.Unreported(lookup, reason);
  }

  /**
   * Returns the change of a row with this key.
   *
   * @param parts the texts of the columns, null for NULL
   * @return null if no id can have this key, so that nothing of it is in the cache: a part is NULL,
   *     too long or not of the key's type
   */
  @Nullable Change row(List<@Nullable String> parts) {
    if (!isByKey) {
      return everything();
    }
    if (parts.size() != key.size()) {
      return new Change.Unreadable();
    }
    List<String> id = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      if (part == null) {
        return null;
      }
      id.add(key.get(i).type() == KeyType.CHAR ? withoutPadding(part) : part);
    }
    try {
      return new Change.Row(lookup, key.parse(id));
    } catch (InvalidIdException _) {
      return null;
    }
  }

  /** Leaves a blank if there is nothing else: an id is never empty. */
  private static String withoutPadding(String text) {
    int end = text.length();
    while (end > 1 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }
}
