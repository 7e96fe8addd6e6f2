package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
import java.util.List;

/** What a request names: a row of a lookup, or something that no lookup can have. */
sealed interface Target {

  /** A row that there may be. */
  record Row(Lookup lookup, Key id) implements Target {}

  /** An unknown lookup, or an id that is not valid for its lookup. */
  record Mistake(Status status) implements Target {}

  /**
   * Reads what a key of a request names. Never blocks.
   *
   * @param lookup the lookup of the request, for a key that names none; empty if there is none
   */
  static Target of(Lookups lookups, String lookup, io.loadonce.v1.Key key) {
    String named = key.getLookup().isEmpty() ? lookup : key.getLookup();
    return of(lookups, named, key.getId(), key.getKeyList());
  }

  /**
   * Reads what a request names. Never blocks.
   *
   * @param lookup the name of the lookup, empty if the request has none
   * @param id empty if the request has none
   * @param parts of a key of several columns, empty if the request has none
   */
  static Target of(Lookups lookups, String lookup, String id, List<String> parts) {
    Lookup found = lookups.find(lookup);
    if (found == null) {
      return new Mistake(Reason.unknownLookup(lookup, lookups));
    }
    if (!parts.isEmpty() && !id.isEmpty()) {
      return new Mistake(Reason.idAndKey(found.settings()));
    }
    try {
      return new Row(
          found,
          parts.isEmpty() ? found.settings().key().parse(id) : found.settings().key().parse(parts));
    } catch (InvalidIdException e) {
      return new Mistake(Reason.invalidId(e));
    }
  }
}
