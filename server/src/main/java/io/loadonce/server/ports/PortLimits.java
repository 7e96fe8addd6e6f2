package io.loadonce.server.ports;

import java.time.Duration;

/**
 * What a client may send over one connection, and how long the connection lasts. Immutable; the
 * ranges are checked where the settings are read.
 *
 * @param maxRequestBytes of one message
 * @param maxMetadataBytes of one call
 * @param maxCalls the most open calls of a connection; a client queues further ones
 * @param maxIdle a connection without calls is closed after this; clients reconnect by themselves
 * @param maxAge after this a connection takes no new calls, so that its client opens another, to
 *     another instance perhaps; zero for never
 * @param maxAgeGrace how long the calls of such a connection may take to end
 */
public record PortLimits(
    int maxRequestBytes,
    int maxMetadataBytes,
    int maxCalls,
    Duration maxIdle,
    Duration maxAge,
    Duration maxAgeGrace) {

  /** The request bytes are twice the size of a BatchGet with 1,000 ids of 256 bytes. */
  public static final PortLimits DEFAULTS =
      new PortLimits(
          /* maxRequestBytes= */ 512 << 10,
          /* maxMetadataBytes= */ 8 << 10,
          /* maxCalls= */ 1_000,
          /* maxIdle= */ Duration.ofMinutes(5),
          /* maxAge= */ Duration.ZERO,
          /* maxAgeGrace= */ Duration.ofSeconds(20));

  /**
   * The most calls that a connection may cancel within {@link #CANCELLATION_WINDOW} before it is
   * closed. All calls of a connection may time out at the same moment, and later their retries.
   */
  public int maxCancellations() {
    return 4 * maxCalls;
  }

  public static final Duration CANCELLATION_WINDOW = Duration.ofSeconds(10);
  public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  /** An idle connection is probed after this, so that a client that has vanished is noticed. */
  public static final Duration PROBE_AFTER = Duration.ofMinutes(1);

  /** A client that probes more often than this is disconnected. */
  public static final Duration MIN_CLIENT_PROBE = Duration.ofSeconds(9);
}
