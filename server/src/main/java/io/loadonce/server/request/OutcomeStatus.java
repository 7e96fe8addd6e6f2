package io.loadonce.server.request;

import com.google.rpc.Code;
import com.google.rpc.Status;
import io.loadonce.db.OneLine;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.log.RateLimitedLog;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Turns an outcome into the status that its caller gets, and logs once for each load why it failed.
 * Never blocks; safe for use by many threads.
 */
final class OutcomeStatus {

  private static final Status OK = Status.newBuilder().setCode(Code.OK_VALUE).build();
  private static final Status MISSING =
      Reason.NOT_FOUND.status("the database has no row for this id");
  private static final Status TIMED_OUT =
      Reason.DEADLINE_EXCEEDED.status("the deadline passed before the load ended");

  private static final Status NOT_LOADED =
      Reason.LOADS_SWITCHED_OFF.status(
          "the cache has no entry for this id that may be served, and the operator has switched off"
              + " the loads of this lookup",
          Map.of(),
          Reason.NO_RETRY);

  /** The longest part of a log line that says why a load failed, in bytes. */
  private static final int MAX_DETAILS = 180;

  private final RateLimitedLog log;

  /** The failure that was logged last; all callers of one flight get the same object. */
  private volatile @Nullable SourceException logged;

  /**
   * @param nanoClock monotonic, in nanoseconds
   */
  OutcomeStatus(LongSupplier nanoClock) {
    this(new RateLimitedLog(LoggerFactory.getLogger(OutcomeStatus.class), nanoClock));
  }

  OutcomeStatus(RateLimitedLog log) {
    this.log = log;
  }

  Status of(Outcome<?> outcome) {
    return switch (outcome) {
      case Outcome.Found<?> _ -> OK;
      case Outcome.Missing<?> _ -> MISSING;
      case Outcome.TimedOut<?> _ -> TIMED_OUT;
      case Outcome.NotLoaded<?> _ -> NOT_LOADED;
      case Outcome.Outdated<?>(long version, long minVersion) ->
          Reason.VERSION_TOO_OLD.status(
              "the row has version %d, and min_version is %d".formatted(version, minVersion),
              Map.of("version", Long.toString(version), "min_version", Long.toString(minVersion)));
      case Outcome.Refused<?>(Outcome.Cap cap, long retryNanos) -> refused(cap, retryNanos);
      case Outcome.Failed<?> failed -> of(failed.reason());
    };
  }

  private static Status refused(Outcome.Cap cap, long retryNanos) {
    return switch (cap) {
      case QUEUE ->
          Reason.OVERLOADED.status(
              "too many ids are queued for the database, so that this row would come too late; try"
                  + " again later",
              Map.of("cap", cap.name()),
              retryNanos);
      case WAITERS_PER_ID, WAITERS ->
          Reason.TOO_MANY_WAITERS.status(
              "too many callers are waiting for loads; try again later",
              Map.of("cap", cap.name()),
              retryNanos);
    };
  }

  private Status of(SourceException failure) {
    Reason reason = reason(failure);
    String text = failure.getMessage() == null ? "the load failed" : failure.getMessage();
    log(failure, reason, text);
    return reason.status(text);
  }

  @SuppressWarnings("ReferenceEquality") // one failure of one load is one object
  private void log(SourceException failure, Reason reason, String text) {
    if (failure == logged) {
      return;
    }
    logged = failure;
    log.warn(
        "a load failed, and its callers got %s: %s".formatted(reason, text),
        details(failure.getCause()),
        isOurBug(failure) ? failure : null);
  }

  /** Only a bug in this service needs a place in the code; a database explains itself in words. */
  private static boolean isOurBug(SourceException failure) {
    return !(failure instanceof SourceException.Unavailable)
        && (failure.getCause() instanceof RuntimeException || failure.getCause() instanceof Error);
  }

  /** The messages of the causes, on one line. */
  private static String details(@Nullable Throwable cause) {
    StringBuilder details = new StringBuilder();
    for (Throwable each = cause; each != null; each = each.getCause()) {
      String message = OneLine.of(String.valueOf(each.getMessage()), MAX_DETAILS);
      if (each.getMessage() != null && details.indexOf(message) < 0) {
        details.append("; ").append(message);
      }
    }
    return OneLine.of(details.toString(), MAX_DETAILS);
  }

  private static Reason reason(SourceException failure) {
    return switch (failure) {
      case SourceException.Unavailable _ -> Reason.DATABASE_UNAVAILABLE;
      case SourceException.QueryFailed _ -> Reason.QUERY_FAILED;
      case SourceException.InvalidRow _ -> Reason.INVALID_ROW;
    };
  }
}
