package io.loadonce.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call, or one id of a batch, has failed. The message is one line: the status code, the reason if
 * there is one, and what happened.
 *
 * <p>Whose fault it is, by {@link #code}: {@code INVALID_ARGUMENT} and {@code FAILED_PRECONDITION}
 * are the caller's; {@code UNAUTHENTICATED} and {@code PERMISSION_DENIED} mean that the server
 * wants another token or certificate, or grants no right; {@code UNAVAILABLE}, {@code
 * RESOURCE_EXHAUSTED} and {@code DEADLINE_EXCEEDED} pass, so try again later; {@code INTERNAL} is a
 * matter for the operator of the server. A failed read changes nothing on the server. An
 * invalidation that failed may have happened.
 */
public final class LoadonceException extends RuntimeException {

  private static final String DOMAIN = "loadonce";

  private final Code code;
  private final @Nullable String reason;
  private final @Nullable Duration retryDelay;

  private LoadonceException(
      Code code,
      @Nullable String reason,
      @Nullable Duration retryDelay,
      String text,
      @Nullable Throwable cause) {
    super(code + (reason == null ? "" : " (" + reason + ")") + oneLine(text), cause);
    this.code = code;
    this.reason = reason;
    this.retryDelay = retryDelay;
  }

  /**
   * Reads what a generated stub throws; for callers of {@link ResourceClient#channel}. Does not
   * block.
   *
   * @param failed becomes the cause
   */
  public static LoadonceException of(StatusRuntimeException failed) {
    Status status = StatusProto.fromStatusAndTrailers(failed.getStatus(), failed.getTrailers());
    String reason = reason(status);
    String text = reason == null ? ConnectionFailure.text(failed.getStatus()) : status.getMessage();
    return new LoadonceException(
        failed.getStatus().getCode(), reason, retryDelay(status), text, failed);
  }

  /** Reads the status of one id of a batch. */
  static LoadonceException of(Status status) {
    Code code = io.grpc.Status.fromCodeValue(status.getCode()).getCode();
    return new LoadonceException(
        code, reason(status), retryDelay(status), status.getMessage(), /* cause= */ null);
  }

  /** The status code; never {@code OK}. */
  public Code code() {
    return code;
  }

  /**
   * The reason, one of the words of the contract such as {@code DATABASE_UNAVAILABLE}. Empty if the
   * failure did not come from Loadonce itself, as when the connection is refused.
   */
  public Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  /** How long the server asks the caller to wait before the next attempt; empty if it does not. */
  public Optional<Duration> retryDelay() {
    return Optional.ofNullable(retryDelay);
  }

  /** Whether the database has no row, which is an answer. */
  boolean isNotFound() {
    return code == Code.NOT_FOUND && "NOT_FOUND".equals(reason);
  }

  private static String oneLine(String text) {
    return text.isBlank() ? "" : ": " + text.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  private static @Nullable String reason(Status status) {
    ErrorInfo info = detail(status, ErrorInfo.class);
    return info != null && info.getDomain().equals(DOMAIN) ? info.getReason() : null;
  }

  private static @Nullable Duration retryDelay(Status status) {
    RetryInfo info = detail(status, RetryInfo.class);
    return info == null
        ? null
        : Duration.ofSeconds(info.getRetryDelay().getSeconds(), info.getRetryDelay().getNanos());
  }

  private static <M extends Message> @Nullable M detail(Status status, Class<M> type) {
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(type)) {
          return detail.unpack(type);
        }
      }
    } catch (InvalidProtocolBufferException ignored) {
      // The status code and the message hold without the detail.
    }
    return null;
  }
}
