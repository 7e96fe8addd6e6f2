package io.loadonce.db.feed;

import io.loadonce.db.lookup.Key;

/** What a database says of its changes. Immutable. */
public sealed interface Change {

  /** This row of the table was inserted, updated or deleted. */
  record Row(Key id) implements Change {}

  /** Any row of the table may have changed. */
  record Everything() implements Change {}

  /** Another table has changed. */
  record Elsewhere() implements Change {}

  /** Something was said that cannot be understood, so that any row may have changed. */
  record Unreadable() implements Change {}

  /** No change: the sign that was asked for. What was committed before has been said before. */
  record Heartbeat(long number) implements Change {}
}
