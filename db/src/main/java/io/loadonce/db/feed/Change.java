package io.loadonce.db.feed;

import io.loadonce.db.lookup.Key;

/** One element of a change feed. Immutable. */
public sealed interface Change {

  /** This row of the table was inserted, updated or deleted. */
  record Row(Key id) implements Change {}

  /** Any row of the table may have changed. */
  record Everything() implements Change {}

  /** Another table has changed. */
  record Elsewhere() implements Change {}

  /** A notification that cannot be read, so that any row may have changed. */
  record Unreadable() implements Change {}

  /** No change, but the heartbeat that was requested: all changes before it have arrived. */
  record Heartbeat(long number) implements Change {}
}
