package io.loadonce.client;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a {@link ResourceClient} behaves. Begin with {@link #forTarget} and change what should
 * differ.
 *
 * @param target {@code host:port}, or a name that gRPC resolves, such as {@code dns:///host:port}
 * @param deadline the most that one call may take, its retries included; 1 ms to 1 h
 * @param maxAttempts how often a call is sent at most while the answer is UNAVAILABLE; 1 (no retry)
 *     to 5 (gRPC allows no more)
 * @param connections how many TCP connections calls are spread over, in turn; 1 to 1,024
 * @param keepAlive how long a connection with calls under way may be silent before it is probed; 10
 *     s to 1 h
 * @param security plaintext or TLS
 * @param callbacks where the callbacks of asynchronous calls run
 */
public record ClientSettings(
    String target,
    Duration deadline,
    int maxAttempts,
    int connections,
    Duration keepAlive,
    Security security,
    Callbacks callbacks) {

  /** A server on this machine with its default port. */
  public static final String DEFAULT_TARGET = "127.0.0.1:50051";

  /** As long as the server's own load time-out: whoever waits longer waits for nothing. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(5);

  /** With the back-off of {@link RetryConfig}, enough to outlast the change to another instance. */
  public static final int DEFAULT_MAX_ATTEMPTS = 5;

  static final int MOST_ATTEMPTS = 5;
  static final int MOST_CONNECTIONS = 1_024;
  private static final Duration DEFAULT_KEEP_ALIVE = Duration.ofSeconds(30);
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[^\\]\\s]+]|[^:/\\s]+):(\\d{1,5})");
  private static final Pattern RESOLVED_BY_NAME =
      Pattern.compile("[a-z][a-z0-9+.-]*:/\\S*[^:/\\s]");

  /** Where the callbacks of asynchronous calls run. */
  public enum Callbacks {
    /** On threads of gRPC's own pool; they may block. */
    POOL,
    /** On the thread that reads from the connection; they must never block. */
    EVENT_LOOP
  }

  /**
   * Refuses what is out of its limits.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  public ClientSettings {
    requireTarget(target);
    requireWithin("deadline", deadline, Duration.ofMillis(1), Duration.ofHours(1));
    requireWithin("attempts", maxAttempts, MOST_ATTEMPTS);
    requireWithin("connections", connections, MOST_CONNECTIONS);
    requireWithin("keep-alive", keepAlive, Duration.ofSeconds(10), Duration.ofHours(1));
  }

  /** The defaults: 5 s, 5 attempts, one connection probed after 30 s, plaintext, pool threads. */
  public static ClientSettings forTarget(String target) {
    return new ClientSettings(
        target,
        DEFAULT_DEADLINE,
        DEFAULT_MAX_ATTEMPTS,
        1,
        DEFAULT_KEEP_ALIVE,
        new Security.Plaintext(),
        Callbacks.POOL);
  }

  /** The same with another deadline. */
  public ClientSettings withDeadline(Duration changed) {
    return new ClientSettings(
        target, changed, maxAttempts, connections, keepAlive, security, callbacks);
  }

  /** The same with another number of attempts. */
  public ClientSettings withMaxAttempts(int changed) {
    return new ClientSettings(
        target, deadline, changed, connections, keepAlive, security, callbacks);
  }

  /** The same with another number of connections. */
  public ClientSettings withConnections(int changed) {
    return new ClientSettings(
        target, deadline, maxAttempts, changed, keepAlive, security, callbacks);
  }

  /** The same with other protection. */
  public ClientSettings withSecurity(Security changed) {
    return new ClientSettings(
        target, deadline, maxAttempts, connections, keepAlive, changed, callbacks);
  }

  /** The same with callbacks elsewhere. */
  public ClientSettings withCallbacks(Callbacks changed) {
    return new ClientSettings(
        target, deadline, maxAttempts, connections, keepAlive, security, changed);
  }

  private static void requireTarget(String target) {
    Matcher hostAndPort = HOST_AND_PORT.matcher(target);
    if (hostAndPort.matches()) {
      int port = Integer.parseInt(hostAndPort.group(2));
      if (port >= 1 && port <= 65_535) {
        return;
      }
    } else if (RESOLVED_BY_NAME.matcher(target).matches()) {
      return;
    }
    throw new IllegalArgumentException(
        "target is '%s' but must be host:port with a port from 1 to 65535".formatted(target));
  }

  private static void requireWithin(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s is %s but must be from %s to %s"
              .formatted(
                  name, DurationText.of(value), DurationText.of(least), DurationText.of(most)));
    }
  }

  private static void requireWithin(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "%s is %d but must be from 1 to %d".formatted(name, value, most));
    }
  }
}
