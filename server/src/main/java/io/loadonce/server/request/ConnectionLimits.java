package io.loadonce.server.request;

import io.loadonce.db.InvalidSettingException;
import java.time.Duration;

/**
 * How many connections there may be, and how many bytes of replies they may make this service hold.
 * Validated and immutable.
 *
 * @param maxConnections of all clients together
 * @param maxPerPeer from one address
 * @param maxReplyBytes the most bytes of replies in flight, of all connections together; one
 *     connection may hold half of it
 * @param unreadTimeout how long a connection may take none of its replies before it is closed
 */
public record ConnectionLimits(
    int maxConnections, int maxPerPeer, long maxReplyBytes, Duration unreadTimeout) {

  public static final long MIN_REPLY_BYTES = 1 << 20;

  /** Half of the direct memory that deploy/serve.options allows: replies are copied into it. */
  public static final long DEFAULT_REPLY_BYTES = 128 << 20;

  public static final ConnectionLimits DEFAULTS =
      new ConnectionLimits(
          /* maxConnections= */ 10_000,
          /* maxPerPeer= */ 10_000,
          DEFAULT_REPLY_BYTES,
          Duration.ofSeconds(10));

  /**
   * @throws InvalidSettingException if a value is out of its range
   */
  public ConnectionLimits {
    if (maxConnections < 1 || maxPerPeer < 1) {
      throw new InvalidSettingException("max-connections", "must be at least 1");
    }
    if (maxReplyBytes < MIN_REPLY_BYTES) {
      throw new InvalidSettingException(
          "max-reply-bytes", "must be at least " + MIN_REPLY_BYTES + ", not " + maxReplyBytes);
    }
  }

  /** The most bytes of replies that one connection may hold. */
  long maxReplyBytesPerConnection() {
    return maxReplyBytes / 2;
  }
}
