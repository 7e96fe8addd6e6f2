package io.loadonce.server.request;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.loadonce.db.lookup.InvalidIdException;
import java.util.Map;

/** Why a call or an id failed: the reasons of the contract, each with its status code. */
enum Reason {
  NOT_FOUND(Code.NOT_FOUND),
  INVALID_ID(Code.INVALID_ARGUMENT),
  INVALID_BATCH(Code.INVALID_ARGUMENT),
  INVALID_REPEAT(Code.INVALID_ARGUMENT),
  NO_VERSION_COLUMN(Code.INVALID_ARGUMENT),
  MALFORMED_REQUEST(Code.INVALID_ARGUMENT),
  VERSION_TOO_OLD(Code.FAILED_PRECONDITION),
  TOO_MANY_WAITERS(Code.RESOURCE_EXHAUSTED),
  TOO_MANY_REPEATS(Code.RESOURCE_EXHAUSTED),
  DEADLINE_EXCEEDED(Code.DEADLINE_EXCEEDED),
  DATABASE_UNAVAILABLE(Code.UNAVAILABLE),
  SHUTTING_DOWN(Code.UNAVAILABLE),
  QUERY_FAILED(Code.INTERNAL),
  INVALID_ROW(Code.INTERNAL);

  static final String DOMAIN = "loadonce";

  /** The most ids that one BatchGet or Invalidate may name. */
  static final int MAX_IDS = 1_000;

  /** Tells a rejected caller to wait a second before its next attempt. */
  private static final Any RETRY_LATER =
      Any.pack(RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setSeconds(1)).build());

  private final Code code;

  Reason(Code code) {
    this.code = code;
  }

  Code code() {
    return code;
  }

  static Status invalidId(InvalidIdException mistake) {
    String text = mistake.getMessage();
    return INVALID_ID.status(text == null ? "the id is not valid" : text);
  }

  static Status invalidBatch(int size) {
    return INVALID_BATCH.status("a request names 1 to %,d ids, not %,d".formatted(MAX_IDS, size));
  }

  static Status noVersionColumn() {
    return NO_VERSION_COLUMN.status(
        "this lookup has no version column; set --version-column, or leave out min_version");
  }

  /**
   * @param text what is wrong and what would be right; never SQL, never a stack trace
   */
  Status status(String text) {
    return status(text, Map.of());
  }

  /**
   * @param metadata details of this case, for programs
   */
  Status status(String text, Map<String, String> metadata) {
    ErrorInfo info =
        ErrorInfo.newBuilder().setReason(name()).setDomain(DOMAIN).putAllMetadata(metadata).build();
    Status.Builder status =
        Status.newBuilder().setCode(code.getNumber()).setMessage(text).addDetails(Any.pack(info));
    if (code == Code.RESOURCE_EXHAUSTED) {
      status.addDetails(RETRY_LATER);
    }
    return status.build();
  }
}
