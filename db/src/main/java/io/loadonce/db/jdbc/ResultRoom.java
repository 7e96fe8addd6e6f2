package io.loadonce.db.jdbc;

import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.Rows;
import java.sql.SQLException;

/**
 * How many ids of one lookup a query may name so that its result fits into memory: learned from the
 * results before it. A result that is too large is given up, and its ids are queried again in
 * smaller queries. One id always fits. Safe for use by many threads.
 */
final class ResultRoom {

  /** A result that is given up has this many times too many ids, or more: nobody has counted. */
  private static final int FEWER_AFTER_OVERFLOW = 8;

  /** What a row of a list takes in memory at least, while the driver holds it. */
  private static final int LEAST_ROW_BYTES = 256;

  private final long maxBytes;
  private final int maxIds;

  /** A lost update costs one query that is too large or too small. */
  private volatile int ids;

  /**
   * @param maxBytes the most bytes of rows in one result
   */
  ResultRoom(LookupSettings lookup, long maxBytes) {
    this.maxBytes = maxBytes;
    this.maxIds = lookup.maxIdsPerQuery();
    this.ids =
        lookup.rows() == Rows.MANY
            ? Math.clamp(maxBytes / ((long) LEAST_ROW_BYTES * lookup.maxRows()), 1, maxIds)
            : maxIds;
  }

  long maxBytes() {
    return maxBytes;
  }

  /** Returns how many ids the next query may name; at least 1. */
  int ids() {
    return ids;
  }

  /**
   * A result has been read whole. The next may have twice as many ids, if half of the room is
   * enough for them.
   */
  void read(int count, long bytes) {
    long enough = Math.max(1, maxBytes / 2 / Math.max(1, bytes / count));
    int now = ids;
    if (enough < now || (count >= now && now < maxIds)) {
      ids = Math.clamp(Math.min(enough, 2L * now), 1, maxIds);
    }
  }

  /** A result was too large and has been given up. */
  void overflowed(int count) {
    ids = Math.max(1, count / FEWER_AFTER_OVERFLOW);
  }

  /** Returns whether the result was given up because it has more bytes than there is room. */
  static boolean isOverflow(SQLException failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof LimitedSocketFactory.TooManyBytesException) {
        return true;
      }
    }
    return false;
  }
}
