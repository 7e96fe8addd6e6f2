package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.server.access.Caller;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.v1.Key;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ids that one request names, as texts or as keys.
 *
 * @param lookup of the ids, and of each key that names none; empty if the request has none
 */
record ManyIds(String lookup, List<String> ids, List<Key> keys) {

  int size() {
    return ids.size() + keys.size();
  }

  /** Returns what is wrong with their number; null if nothing is. */
  @Nullable Status mistake() {
    if (!ids.isEmpty() && !keys.isEmpty()) {
      return Reason.INVALID_BATCH.status("a request has ids or keys, not both");
    }
    return size() < 1 || size() > Reason.MAX_IDS ? Reason.invalidBatch(size()) : null;
  }

  /** Reads what is named at a place, 0 or more. Never blocks. */
  Target target(Lookups lookups, Caller caller, int place) {
    return keys.isEmpty()
        ? Target.of(lookups, caller, lookup, ids.get(place), List.of())
        : Target.of(lookups, caller, lookup, keys.get(place));
  }
}
