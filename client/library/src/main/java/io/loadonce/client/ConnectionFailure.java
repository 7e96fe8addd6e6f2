package io.loadonce.client;

import io.grpc.Status;
import io.grpc.Status.Code;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in plain words why a call got no answer from Loadonce, where gRPC itself has failed it. */
final class ConnectionFailure {

  /* As gRPC 1.85 writes them. If a later version writes them otherwise, its text is reported. */
  private static final String NOT_GRPC = "First received frame was not SETTINGS";
  private static final String HTTP_WITHOUT_GRPC = "HTTP status code ";
  private static final String CLOSED = "Network closed for unknown reason";

  /** As the operating system writes it; a close becomes a reset if bytes were still unread. */
  private static final String RESET = "Connection reset";

  private static final String CLOSED_TEXT =
      "the server closed the connection; if it does so every time, check the port and whether the"
          + " server requires TLS";

  private ConnectionFailure() {}

  /** What happened, as one sentence or more; gRPC's own words where there is nothing plainer. */
  static String text(Status status) {
    String description = status.getDescription() == null ? "" : status.getDescription();
    if (status.getCode() == Code.DEADLINE_EXCEEDED) {
      return "no answer before the deadline";
    }
    if (description.startsWith(HTTP_WITHOUT_GRPC)) {
      return "the server speaks HTTP but not gRPC; is this the right port?";
    }
    if (description.startsWith(CLOSED)) {
      return CLOSED_TEXT;
    }
    Throwable cause = status.getCause();
    String found = cause == null ? null : ofCause(cause);
    if (found != null) {
      return found;
    }
    String firstLine = description.lines().findFirst().orElse("");
    return cause == null ? firstLine : firstLine + ": " + root(cause).getMessage();
  }

  private static @Nullable String ofCause(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof UnknownHostException) {
        return "unknown host: " + message;
      }
      if (cause instanceof ConnectException) {
        return "cannot connect: " + message.replaceFirst("^finishConnect.*? failed.*?: ", "");
      }
      if (message.contains(RESET)) {
        return CLOSED_TEXT;
      }
      if (message.contains(NOT_GRPC)) {
        return "the server does not speak gRPC without TLS; is this the right port?";
      }
      if (cause.getClass().getSimpleName().equals("NotSslRecordException")) {
        return "the server does not speak TLS on this port";
      }
      if (cause instanceof SSLException) {
        return "the TLS handshake failed: " + root(cause).getMessage();
      }
    }
    return null;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
