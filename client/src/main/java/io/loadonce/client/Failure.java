package io.loadonce.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;

/**
 * Why a call, or one id of a batch, has no row.
 *
 * @param code the status code
 * @param reason the {@code ErrorInfo} reason, one of the words of the contract; empty when the
 *     failure did not come from the service itself, such as a refused connection
 * @param message what the server says, for people; may be empty
 */
public record Failure(Code code, Optional<String> reason, String message) {

  /** The failure of a whole call. */
  public static Failure of(StatusRuntimeException failed) {
    Failure failure =
        of(StatusProto.fromStatusAndTrailers(failed.getStatus(), failed.getTrailers()));
    // A call that never reached a server says no more than "io exception" itself.
    Throwable cause = failed.getStatus().getCause();
    return cause == null
        ? failure
        : new Failure(failure.code, failure.reason, failure.message + ": " + cause.getMessage());
  }

  /** The failure of one id of a batch. */
  public static Failure of(Status status) {
    return new Failure(
        io.grpc.Status.fromCodeValue(status.getCode()).getCode(),
        reason(status),
        status.getMessage());
  }

  /** One line: code, reason if there is one, message. */
  public String line() {
    String said = message.isBlank() ? "" : ": " + message.strip().replaceAll("\\s*\\R\\s*", " ");
    return code + reason.map(word -> " (" + word + ")").orElse("") + said;
  }

  private static Optional<String> reason(Status status) {
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          return Optional.of(detail.unpack(ErrorInfo.class).getReason());
        }
      }
      return Optional.empty();
    } catch (InvalidProtocolBufferException _) {
      // The detail is for people; the status holds without it.
      return Optional.empty();
    }
  }
}
