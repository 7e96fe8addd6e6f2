package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.access.Caller;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request names: a row of a lookup, or something that no lookup can have. */
sealed interface Target {

  /** A row that there may be. */
  record Row(Lookup lookup, Key id) implements Target {}

  /**
   * A lookup that is unknown or that the caller may not use, or an id that is not valid for its
   * lookup.
   */
  record Mistake(Status status) implements Target {}

  /**
   * Reads what a key of a request names. Never blocks.
   *
   * @param lookup the lookup of the request, for a key that names none; empty if there is none
   */
  static Target of(Lookups lookups, Caller caller, String lookup, io.loadonce.v1.Key key) {
    String named = key.getLookup().isEmpty() ? lookup : key.getLookup();
    return of(lookups, caller, named, key.getId(), key.getKeyList());
  }

  /**
   * Reads what a request names. Never blocks.
   *
   * @param lookup the name of the lookup, empty if the request has none
   * @param id empty if the request has none
   * @param parts of a key of several columns, empty if the request has none
   */
  static Target of(Lookups lookups, Caller caller, String lookup, String id, List<String> parts) {
    Lookup found = find(lookups, caller, lookup);
    if (found == null) {
      return new Mistake(Reason.noLookup(lookup, lookups, caller));
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

  /**
   * Returns the lookup that a request names, or null if there is none or the caller may not use it.
   * Never blocks.
   *
   * @param name empty if the request has none
   */
  static @Nullable Lookup find(Lookups lookups, Caller caller, String name) {
    Lookup found = lookups.find(name);
    return found != null && caller.mayUse(found.settings().name()) ? found : null;
  }
}
