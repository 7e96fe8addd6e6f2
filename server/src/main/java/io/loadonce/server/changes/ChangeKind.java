package io.loadonce.server.changes;

/** What a notification of the database says; a label of its counter. */
public enum ChangeKind {
  /** One row has changed. */
  ROW,
  /** Any row of the table may have changed. */
  ALL,
  /** Another table has changed; ignored. */
  FOREIGN,
  /** It cannot be read. */
  MALFORMED
}
