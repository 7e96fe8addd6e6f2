package io.loadonce.commands.load;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.protobuf.StatusProto;
import java.util.Comparator;

/**
 * How a call, or an id of a batch, has ended.
 *
 * @param reason what the server says beside the status, such as {@code DATABASE_UNAVAILABLE}; empty
 *     if it says nothing, as when the connection is lost
 */
public record Ending(Code code, String reason) implements Comparable<Ending> {

  static final Ending OK = new Ending(Code.OK, "");

  /** The message of a call could not be made, so it was not sent. */
  static final Ending DATA_DO_NOT_FIT = new Ending(Code.INVALID_ARGUMENT, "DATA_DO_NOT_FIT");

  private static final Comparator<Ending> ORDER =
      Comparator.comparing(Ending::code).thenComparing(Ending::reason);

  /** Reads what a failed call has thrown. */
  static Ending of(Throwable failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    return status == null ? new Ending(Status.fromThrowable(failure).getCode(), "") : of(status);
  }

  static Ending of(com.google.rpc.Status status) {
    Code code = Status.fromCodeValue(status.getCode()).getCode();
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          return new Ending(code, detail.unpack(ErrorInfo.class).getReason());
        }
      }
    } catch (InvalidProtocolBufferException _) {
      // The status holds without its reason.
    }
    return new Ending(code, "");
  }

  /** Such as {@code UNAVAILABLE (DATABASE_UNAVAILABLE)}. */
  public String text() {
    return reason.isEmpty() || reason.equals(code.name())
        ? code.name()
        : code + " (" + reason + ")";
  }

  @Override
  public int compareTo(Ending other) {
    return ORDER.compare(this, other);
  }
}
