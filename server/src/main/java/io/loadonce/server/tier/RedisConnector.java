package io.loadonce.server.tier;

import io.loadonce.db.InvalidSettingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.exceptions.JedisException;

/** Opens connections to Redis, each to the primary of this moment. Safe for use by many threads. */
final class RedisConnector {

  /** For a new connection, which no caller waits for. */
  private static final int CONNECT_MILLIS = 1_000;

  private static final String OLDEST = "6.2";
  private static final Pattern VERSION = Pattern.compile("redis_version:((\\d+)\\.(\\d+)[^\r\n]*)");
  private static final Pattern RUN_ID = Pattern.compile("run_id:([0-9a-f]+)");

  private final TierSettings settings;
  private final RedisAddress address;

  RedisConnector(TierSettings settings) {
    this.settings = settings;
    this.address = settings.address();
  }

  RedisAddress address() {
    return address;
  }

  /**
   * Opens a connection that can run the scripts. Blocks for a few round trips, of a second each at
   * most.
   *
   * @throws RedisException if it cannot be used; the message says why
   */
  RedisConnection open() throws RedisException {
    Connection connection = connect();
    boolean opened = false;
    try {
      String info = text(call(connection, Command.INFO, "server"));
      requireVersion(info);
      Map<Script, byte[]> scripts = new EnumMap<>(Script.class);
      for (Script script : Script.values()) {
        scripts.put(script, (byte[]) call(connection, Command.SCRIPT, "LOAD", script.text()));
      }
      // A write that changes nothing: a replica, or a server that may not write, refuses it.
      call(connection, Command.DEL, settings.prefix() + ":nothing");
      connection.setSoTimeout(Math.toIntExact(settings.timeout().toMillis()));
      opened = true;
      return new RedisConnection(connection, runId(info), scripts);
    } catch (RuntimeException e) {
      throw failed(e);
    } finally {
      if (!opened) {
        close(connection);
      }
    }
  }

  /**
   * Opens a connection that receives the messages of a channel, each by {@link Connection#getOne}.
   *
   * @throws RedisException if it cannot be used; the message says why
   */
  Connection subscribe(String channel) throws RedisException {
    Connection connection = connect();
    try {
      call(connection, Command.SUBSCRIBE, channel);
      connection.setTimeoutInfinite();
      return connection;
    } catch (RuntimeException e) {
      close(connection);
      throw failed(e);
    }
  }

  static void close(Connection connection) {
    try {
      connection.forceDisconnect();
    } catch (java.io.IOException | JedisException _) {
      // It is of no use any more, whether the socket could be closed in good order or not.
    }
  }

  private Connection connect() throws RedisException {
    try {
      HostAndPort host = address.primary().isEmpty() ? address.hosts().getFirst() : primary();
      return connect(host, settings.user(), settings.password().text(), address.database());
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  private HostAndPort primary() throws RedisException {
    Throwable last = null;
    for (HostAndPort sentinel : address.hosts()) {
      try (Connection connection = connect(sentinel, "", "", /* database= */ 0)) {
        Object reply =
            call(connection, Command.SENTINEL, "get-master-addr-by-name", address.primary());
        if (reply instanceof List<?> found && found.size() == 2) {
          return new HostAndPort(text(found.get(0)), Integer.parseInt(text(found.get(1))));
        }
      } catch (RuntimeException e) {
        last = e;
      }
    }
    throw new RedisException("no sentinel of " + address + " knows the primary", last);
  }

  private Connection connect(HostAndPort host, String user, String password, int database) {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .resp2()
            .autoNegotiateProtocol(false)
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
            .connectionTimeoutMillis(CONNECT_MILLIS)
            .socketTimeoutMillis(CONNECT_MILLIS)
            .database(database);
    if (address.isTls()) {
      config.sslOptions(
          settings
              .ca()
              .map(RedisTrust::in)
              .orElseGet(() -> SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build()));
    }
    if (!user.isEmpty()) {
      config.user(user);
    }
    if (!password.isEmpty()) {
      config.password(password);
    }
    Connection connection = new Connection(host, config.build());
    connection.connect();
    return connection;
  }

  private static Object call(Connection connection, Command command, String... arguments) {
    connection.sendCommand(command, arguments);
    return connection.getOne();
  }

  private static String text(@Nullable Object reply) {
    return new String((byte[]) Objects.requireNonNull(reply), StandardCharsets.UTF_8);
  }

  private static void requireVersion(String info) throws RedisException {
    Matcher found = VERSION.matcher(info);
    if (!found.find()) {
      throw new RedisException("it is no Redis: it does not tell its version", /* cause= */ null);
    }
    int major = Integer.parseInt(found.group(2));
    int minor = Integer.parseInt(found.group(3));
    if (major < 6 || (major == 6 && minor < 2)) {
      throw new RedisException(
          "it has version %s; at least %s is needed".formatted(found.group(1), OLDEST),
          /* cause= */ null);
    }
  }

  private static String runId(String info) throws RedisException {
    Matcher found = RUN_ID.matcher(info);
    if (!found.find()) {
      throw new RedisException("it does not tell its run_id", /* cause= */ null);
    }
    return found.group(1);
  }

  /** The library throws various exceptions at an answer that Redis never gives. */
  private static RedisException failed(RuntimeException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String said =
        e instanceof JedisException || e instanceof InvalidSettingException
            ? cause.getMessage()
            : "the answer is not one of Redis";
    return new RedisException(said == null ? cause.toString() : said, e);
  }

  /** For tests and limits. */
  Duration timeout() {
    return settings.timeout();
  }
}
