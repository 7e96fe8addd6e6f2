package io.loadonce.server.changes;

import io.loadonce.server.load.IdHistory.Removal;

/** Whose changes a feed tells, and what depends on it. */
public enum FeedKind {

  /** The changes that the database reports. */
  DATABASE(
      "the change feed",
      "no heartbeat has arrived for two intervals. If this repeats, a pooler that shares sessions"
          + " among clients drops the notifications, such as PgBouncer in transaction mode: let"
          + " db-url name the database itself",
      /* decides= */ true),

  /** The invalidations of the other instances, where the database reports nothing. */
  INSTANCES(
      "the channel of the other instances",
      "no heartbeat has come back from Redis for two intervals",
      /* decides= */ true),

  /** The invalidations of the other instances, where the database reports all changes. */
  INSTANCES_BESIDE_DATABASE(
      "the channel of the other instances",
      "no heartbeat has come back from Redis for two intervals",
      /* decides= */ false);

  private final String title;
  private final String silent;
  private final boolean decides;

  FeedKind(String title, String silent, boolean decides) {
    this.title = title;
    this.silent = silent;
    this.decides = decides;
  }

  /** What log lines call it. */
  String title() {
    return title;
  }

  /** What it means if no heartbeat arrives. */
  String silent() {
    return silent;
  }

  /** The reason that is recorded for an entry that this feed invalidates. */
  Removal cause() {
    return this == DATABASE ? Removal.INVALIDATED_BY_CHANGE : Removal.INVALIDATED_BY_INSTANCE;
  }

  /** Whether cached rows are fresh only while this feed is connected. */
  boolean decidesFreshness() {
    return decides;
  }
}
