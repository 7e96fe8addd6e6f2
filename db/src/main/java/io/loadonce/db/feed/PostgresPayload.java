package io.loadonce.db.feed;

import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.KeyColumns;
import java.util.regex.Pattern;

/**
 * The text of a notification: {@code schema.table:id} for a row, {@code schema.table} for
 * everything. Anybody who may connect to the database may send any text.
 *
 * @param place the table that is listened to, {@code schema.table} without quotes
 */
record PostgresPayload(String place, KeyColumns keyColumns) {

  private static final Pattern SOME_TABLE =
      Pattern.compile("[^:.\\p{Cntrl}]+\\.[^:\\p{Cntrl}]+(:.*)?");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  Change read(String payload) {
    if (payload.equals(place)) {
      return new Change.Everything();
    }
    if (payload.startsWith(place + ":")) {
      return row(payload.substring(place.length() + 1));
    }
    return SOME_TABLE.matcher(payload).matches() ? new Change.Elsewhere() : new Change.Unreadable();
  }

  static Change heartbeat(String payload) {
    return NUMBER.matcher(payload).matches()
        ? new Change.Heartbeat(Long.parseLong(payload))
        : new Change.Unreadable();
  }

  private Change row(String key) {
    try {
      return new Change.Row(keyColumns.parse(key));
    } catch (InvalidIdException _) {
      return new Change.Unreadable();
    }
  }
}
