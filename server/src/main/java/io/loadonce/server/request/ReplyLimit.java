package io.loadonce.server.request;

import com.google.rpc.Status;
import java.util.Map;

/** Which limit on the bytes of replies was reached, with the status of the call or the id. */
enum ReplyLimit {
  /** Of one reply. */
  REPLY(
      "the rows of this reply have more than %,d bytes together; request the other ids in another"
              .formatted(ReplyLimit.MAX_BYTES)
          + " call",
      Reason.NO_RETRY),

  /** Of one connection. */
  CONNECTION(
      "the calls that wait on this connection, and the replies that the client has not taken, have"
          + " as many bytes as one connection may hold; read the replies, or send fewer calls at a"
          + " time",
      Reason.RETRY_NANOS),

  /** Of all connections. */
  PROCESS(
      "the calls that wait, and the replies in flight, have as many bytes as this server may hold;"
          + " try again later",
      Reason.RETRY_NANOS);

  /** The most bytes in one reply, all of which are in memory at one time. */
  static final int MAX_BYTES = 64 << 20;

  private final Status status;

  ReplyLimit(String text, long retryNanos) {
    this.status = Reason.TOO_MANY_REPLY_BYTES.status(text, Map.of("cap", name()), retryNanos);
  }

  Status status() {
    return status;
  }
}
