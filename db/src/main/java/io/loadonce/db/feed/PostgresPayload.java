package io.loadonce.db.feed;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of a notification: {@code schema.table(columns):["key"]} for a row, {@code
 * schema.table(columns)} for everything. Anybody who may connect to the database may send any text.
 *
 * @param places which lookups watch a {@code schema.table(columns)}, without quotes
 */
record PostgresPayload(Map<String, List<Watcher>> places) {

  private static final String KEY = ":[";
  private static final Pattern SOME_TABLE =
      Pattern.compile("[^.\\p{Cntrl}]+\\.[^\\p{Cntrl}]+\\([^\\p{Cntrl}]+\\)(:\\[.*])?");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  /** Returns what the notification means; empty if no id can have the key of the changed row. */
  List<Change> read(String payload) {
    List<Watcher> ofTable = places.get(payload);
    if (ofTable != null) {
      return ofTable.stream().map(Watcher::everything).toList();
    }
    for (int at = payload.indexOf(KEY); at >= 0; at = payload.indexOf(KEY, at + 1)) {
      List<Watcher> watchers = places.get(payload.substring(0, at));
      if (watchers != null) {
        return rows(watchers, payload.substring(at + 1));
      }
    }
    return List.of(
        SOME_TABLE.matcher(payload).matches() ? new Change.Elsewhere() : new Change.Unreadable());
  }

  static Change heartbeat(String payload) {
    return NUMBER.matcher(payload).matches()
        ? new Change.Heartbeat(Long.parseLong(payload))
        : new Change.Unreadable();
  }

  private static List<Change> rows(List<Watcher> watchers, String json) {
    List<@Nullable String> parts = parts(json);
    if (parts == null) {
      return List.of(new Change.Unreadable());
    }
    List<Change> changes = new ArrayList<>();
    for (Watcher watcher : watchers) {
      Change change = watcher.row(parts);
      if (change != null) {
        changes.add(change);
      }
    }
    return changes;
  }

  /** Returns the elements of a JSON array, a number as it is written; null if it is none. */
  private static @Nullable List<@Nullable String> parts(String json) {
    try (JsonReader reader = new JsonReader(new StringReader(json))) {
      reader.setStrictness(Strictness.STRICT);
      List<@Nullable String> parts = new ArrayList<>();
      reader.beginArray();
      while (reader.hasNext()) {
        parts.add(part(reader));
      }
      reader.endArray();
      return reader.peek() == JsonToken.END_DOCUMENT ? parts : null;
    } catch (IOException | IllegalStateException _) {
      return null;
    }
  }

  private static @Nullable String part(JsonReader reader) throws IOException {
    if (reader.peek() == JsonToken.NULL) {
      reader.nextNull();
      return null;
    }
    return reader.nextString();
  }
}
