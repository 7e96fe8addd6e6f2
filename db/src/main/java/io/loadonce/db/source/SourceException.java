package io.loadonce.db.source;

import org.jspecify.annotations.Nullable;

/**
 * Why a query failed. The message is fit for a caller: it holds no SQL, no connection string and no
 * value of a row. The cause, for the log, may hold them.
 */
public abstract sealed class SourceException extends Exception {

  private SourceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The database cannot be reached or did not answer in time; worth another try later. */
  public static final class Unavailable extends SourceException {
    public Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The database rejected the query; the operator's fault. */
  public static final class QueryFailed extends SourceException {
    public QueryFailed(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** There is a row and it cannot be used: two for one id, too large, of an unknown type. */
  public static final class InvalidRow extends SourceException {
    public InvalidRow(String message) {
      this(message, /* cause= */ null);
    }

    public InvalidRow(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
