package io.loadonce.db.feed;

import io.loadonce.db.lookup.Key;

/** One element of a change feed, for one lookup or for all. Immutable. */
public sealed interface Change {

  /** The rows of this id were inserted, updated or deleted. */
  record Row(String lookup, Key id) implements Change {}

  /** The rows of any id of this lookup may have changed. */
  record Everything(String lookup) implements Change {}

  /** A table has changed that no lookup watches. */
  record Elsewhere() implements Change {}

  /** A notification that cannot be read, so that any row may have changed. */
  record Unreadable() implements Change {}

  /**
   * No change: those of a table of this lookup are not reported. Arrives before the heartbeat of
   * which the request has shown it.
   */
  record Unreported(String lookup, String reason) implements Change {}

  /** No change, but the heartbeat that was requested: all changes before it have arrived. */
  record Heartbeat(long number) implements Change {}
}
