package io.loadonce.server.request;

import com.google.rpc.Code;
import com.google.rpc.Status;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.Outcome;
import java.util.Map;

/** From an outcome to its status. Never blocks; the texts are fit for a caller. */
final class OutcomeStatus {

  private static final Status OK = Status.newBuilder().setCode(Code.OK_VALUE).build();
  private static final Status MISSING =
      Reason.NOT_FOUND.status("the database has no row for this id");
  private static final Status TIMED_OUT =
      Reason.DEADLINE_EXCEEDED.status("the deadline passed before the load ended");

  private OutcomeStatus() {}

  static Status of(Outcome<?> outcome) {
    return switch (outcome) {
      case Outcome.Found<?> _ -> OK;
      case Outcome.Missing<?> _ -> MISSING;
      case Outcome.TimedOut<?> _ -> TIMED_OUT;
      case Outcome.Outdated<?>(long version, long minVersion) ->
          Reason.VERSION_TOO_OLD.status(
              "the row has version %d, older than %d".formatted(version, minVersion),
              Map.of("version", Long.toString(version), "min_version", Long.toString(minVersion)));
      case Outcome.Refused<?> refused ->
          Reason.TOO_MANY_WAITERS.status(
              "too many callers wait for loads; come again later",
              Map.of("cap", String.valueOf(refused.cap())));
      case Outcome.Failed<?> failed -> reason(failed.reason()).status(text(failed.reason()));
    };
  }

  private static Reason reason(SourceException failure) {
    return switch (failure) {
      case SourceException.Unavailable _ -> Reason.DATABASE_UNAVAILABLE;
      case SourceException.QueryFailed _ -> Reason.QUERY_FAILED;
      case SourceException.InvalidRow _ -> Reason.INVALID_ROW;
    };
  }

  private static String text(SourceException failure) {
    String message = failure.getMessage();
    return message == null ? "the load failed" : message;
  }
}
