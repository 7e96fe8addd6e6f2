package io.loadonce.server.changes;

/** What a notification says, for the counters. */
public enum ChangeKind {
  /** One row has changed. */
  ROW,
  /** Any row may have. */
  ALL,
  /** Another table has; ignored. */
  FOREIGN,
  /** Nothing that can be understood. */
  MALFORMED
}
