package io.loadonce.server.request;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import java.util.Map;

/** Why a call or an id failed: the reasons of the contract, each with its one status. */
enum Reason {
  NOT_FOUND(Code.NOT_FOUND),
  INVALID_ID(Code.INVALID_ARGUMENT),
  INVALID_BATCH(Code.INVALID_ARGUMENT),
  INVALID_REPEAT(Code.INVALID_ARGUMENT),
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

  /** When a caller that was refused may come again: overload is over soon, or lasts. */
  private static final Any RETRY_LATER =
      Any.pack(RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setSeconds(1)).build());

  private final Code code;

  Reason(Code code) {
    this.code = code;
  }

  Code code() {
    return code;
  }

  /**
   * @param text what is wrong and what would be right; never SQL, never a stack trace
   */
  Status status(String text) {
    return status(text, Map.of());
  }

  /**
   * @param metadata for programs: what else is known of this case
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
