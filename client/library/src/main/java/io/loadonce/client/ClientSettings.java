package io.loadonce.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings of a {@link ResourceClient}. Start with {@link #forTarget} and change what should
 * differ. Immutable, so safe for use by many threads.
 *
 * @param target {@code host:port}; several of them with commas between; or a name that gRPC
 *     resolves, such as {@code dns:///host:port}
 * @param deadline the most that one call may take, its retries included; 1 ms to 1 h
 * @param maxAttempts how many times a call is sent at most while it ends as UNAVAILABLE or
 *     RESOURCE_EXHAUSTED; 1 (no retry) to 5 (gRPC's own limit)
 * @param keepAlive after how long without an answer a connection with calls under way is probed; 10
 *     s to 1 h
 * @param security plaintext or TLS
 * @param callbacks the threads that run the callbacks of asynchronous calls
 * @param tokenFile a file that holds the token of this client, by which the server knows it; it is
 *     read again when it changes; empty if the server requires no token
 * @param affinity over how many instances of the target the calls of one id are spread, 1 to 16:
 *     all calls of an id go to the same instances, so that each instance caches its share of the
 *     ids; 0 if a client sends all calls to one instance
 */
public record ClientSettings(
    String target,
    Duration deadline,
    int maxAttempts,
    Duration keepAlive,
    Security security,
    Callbacks callbacks,
    Optional<Path> tokenFile,
    int affinity) {

  /** A server on this machine with its default port. */
  public static final String DEFAULT_TARGET = "127.0.0.1:50051";

  /** The same as the server's default load time-out: a longer wait would bring no answer. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(5);

  /** With 1.5 s of pauses in all, enough to reach another instance while one restarts. */
  public static final int DEFAULT_MAX_ATTEMPTS = 5;

  private static final int MOST_ATTEMPTS = 5;
  private static final int MOST_AFFINITY = 16;
  private static final Duration DEFAULT_KEEP_ALIVE = Duration.ofSeconds(30);
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[^\\],\\s]+]|[^:/,\\s]+):(\\d{1,5})");
  private static final Pattern RESOLVED_BY_NAME =
      Pattern.compile("[a-z][a-z0-9+.-]*:/\\S*[^:/\\s]");

  /** The threads that run the callbacks of asynchronous calls. */
  public enum Callbacks {
    /** Threads of gRPC's own pool. Callbacks may block. */
    POOL,
    /** The thread that reads from the connection. Callbacks are faster there and must not block. */
    EVENT_LOOP
  }

  /**
   * Checks the limits.
   *
   * @throws NullPointerException if a value is null
   * @throws IllegalArgumentException if a value is out of its limits, with one line that says what
   *     would be right
   */
  public ClientSettings {
    requireTarget(target);
    Objects.requireNonNull(security, "security");
    Objects.requireNonNull(callbacks, "callbacks");
    Objects.requireNonNull(tokenFile, "tokenFile");
    requireWithin("deadline", deadline, Duration.ofMillis(1), Duration.ofHours(1));
    requireWithin("keep-alive", keepAlive, Duration.ofSeconds(10), Duration.ofHours(1));
    if (maxAttempts < 1 || maxAttempts > MOST_ATTEMPTS) {
      throw new IllegalArgumentException(
          "attempts is %d but must be from 1 to %d".formatted(maxAttempts, MOST_ATTEMPTS));
    }
    if (affinity < 0 || affinity > MOST_AFFINITY) {
      throw new IllegalArgumentException(
          "affinity is %d but must be from 0 to %d".formatted(affinity, MOST_AFFINITY));
    }
  }

  /**
   * The defaults: deadline 5 s, 5 attempts, keep-alive 30 s, plaintext, callbacks on gRPC's pool,
   * no token, no affinity.
   *
   * @throws IllegalArgumentException if the target is not {@code host:port} or a gRPC name
   */
  public static ClientSettings forTarget(String target) {
    return new ClientSettings(
        target,
        DEFAULT_DEADLINE,
        DEFAULT_MAX_ATTEMPTS,
        DEFAULT_KEEP_ALIVE,
        Security.plaintext(),
        Callbacks.POOL,
        Optional.empty(),
        /* affinity= */ 0);
  }

  /** The same settings with another deadline. */
  public ClientSettings withDeadline(Duration changed) {
    return new ClientSettings(
        target, changed, maxAttempts, keepAlive, security, callbacks, tokenFile, affinity);
  }

  /** The same settings with another number of attempts. */
  public ClientSettings withMaxAttempts(int changed) {
    return new ClientSettings(
        target, deadline, changed, keepAlive, security, callbacks, tokenFile, affinity);
  }

  /** The same settings with another keep-alive time. */
  public ClientSettings withKeepAlive(Duration changed) {
    return new ClientSettings(
        target, deadline, maxAttempts, changed, security, callbacks, tokenFile, affinity);
  }

  /** The same settings with another kind of protection. */
  public ClientSettings withSecurity(Security changed) {
    return new ClientSettings(
        target, deadline, maxAttempts, keepAlive, changed, callbacks, tokenFile, affinity);
  }

  /** The same settings with callbacks on other threads. */
  public ClientSettings withCallbacks(Callbacks changed) {
    return new ClientSettings(
        target, deadline, maxAttempts, keepAlive, security, changed, tokenFile, affinity);
  }

  /**
   * The same settings with a token. Use TLS with it: in plaintext, everyone on the way can read it.
   */
  public ClientSettings withTokenFile(Path changed) {
    return new ClientSettings(
        target,
        deadline,
        maxAttempts,
        keepAlive,
        security,
        callbacks,
        Optional.of(changed),
        affinity);
  }

  /**
   * The same settings with the calls of each id sent to the same instances. Use it with a target
   * that names several instances.
   *
   * @param changed over how many instances the calls of one id are spread: 1 for the fewest
   *     queries, 2 or more if single ids are so popular that one instance cannot answer them; 0
   *     turns it off
   */
  public ClientSettings withAffinity(int changed) {
    return new ClientSettings(
        target, deadline, maxAttempts, keepAlive, security, callbacks, tokenFile, changed);
  }

  private static void requireTarget(String target) {
    if (RESOLVED_BY_NAME.matcher(target).matches()
        || Stream.of(target.split(",", -1)).allMatch(ClientSettings::isHostAndPort)) {
      return;
    }
    throw new IllegalArgumentException(
        "target is '%s' but must be host:port with a port from 1 to 65535".formatted(target));
  }

  private static boolean isHostAndPort(String address) {
    Matcher hostAndPort = HOST_AND_PORT.matcher(address);
    if (!hostAndPort.matches()) {
      return false;
    }
    int port = Integer.parseInt(hostAndPort.group(2));
    return port >= 1 && port <= 65_535;
  }

  private static void requireWithin(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s is %s but must be from %s to %s"
              .formatted(name, text(value), text(least), text(most)));
    }
  }

  /** Such as {@code 1h} or {@code 0.001s}: the ISO form without its prefix. */
  private static String text(Duration value) {
    return value.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }
}
