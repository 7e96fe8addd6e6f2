package io.loadonce.server.tier;

import io.loadonce.db.InvalidSettingException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import redis.clients.jedis.HostAndPort;

/**
 * Where Redis is. Validated and immutable.
 *
 * @param hosts one server, or the sentinels that know the primary
 * @param primary the name by which sentinels know the primary; empty without sentinels
 * @param isTls whether connections are encrypted
 * @param database the number of the database, from 0 on
 */
record RedisAddress(List<HostAndPort> hosts, String primary, boolean isTls, int database) {

  private static final String KEY = "redis-url";
  private static final String FORMS =
      "must be redis://HOST:PORT, rediss://HOST:PORT for TLS, or"
          + " redis-sentinel://HOST:PORT,HOST:PORT/NAME, each with /N for another database than 0";
  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26_379;
  private static final int LARGEST_PORT = 65_535;
  private static final int LARGEST_DATABASE = 1_000_000;

  RedisAddress {
    hosts = List.copyOf(hosts);
  }

  /**
   * @throws InvalidSettingException if it has another form
   */
  static RedisAddress parse(String url) {
    int end = url.indexOf("://");
    String scheme = end < 0 ? "" : url.substring(0, end).toLowerCase(Locale.ROOT);
    String rest = end < 0 ? "" : url.substring(end + 3);
    if (rest.contains("@")) {
      throw wrong("must not contain a user or a password; set redis-user and redis-password-file");
    }
    if (rest.contains("?") || rest.contains("#")) {
      throw wrong("must not have parameters; " + FORMS);
    }
    List<String> path = List.of(rest.split("/", -1));
    List<String> after = path.subList(1, path.size());
    return switch (scheme) {
      case "redis", "rediss" ->
          new RedisAddress(
              hosts(List.of(path.getFirst()), PORT),
              /* primary= */ "",
              scheme.equals("rediss"),
              database(after));
      case "redis-sentinel" -> {
        if (after.isEmpty() || after.getFirst().isBlank()) {
          throw wrong("must name the primary behind the hosts of the sentinels; " + FORMS);
        }
        yield new RedisAddress(
            hosts(List.of(path.getFirst().split(",", -1)), SENTINEL_PORT),
            after.getFirst(),
            /* isTls= */ false,
            database(after.subList(1, after.size())));
      }
      default -> throw wrong(FORMS);
    };
  }

  private static List<HostAndPort> hosts(List<String> texts, int defaultPort) {
    List<HostAndPort> hosts = new ArrayList<>();
    for (String text : texts) {
      try {
        URI uri = new URI("redis://" + text);
        int port = uri.getPort() < 0 ? defaultPort : uri.getPort();
        if (uri.getHost() == null || port < 1 || port > LARGEST_PORT) {
          throw wrong(FORMS);
        }
        hosts.add(new HostAndPort(uri.getHost(), port));
      } catch (URISyntaxException _) {
        throw wrong(FORMS);
      }
    }
    return hosts;
  }

  private static int database(List<String> path) {
    String text = path.isEmpty() ? "" : path.getFirst();
    if (text.isEmpty()) {
      return 0;
    }
    if (path.size() > 1
        || !text.matches("[0-9]{1,7}")
        || Integer.parseInt(text) > LARGEST_DATABASE) {
      throw wrong("must end with the number of the database; " + FORMS);
    }
    return Integer.parseInt(text);
  }

  private static InvalidSettingException wrong(String what) {
    return new InvalidSettingException(KEY, what);
  }

  /** For log lines: {@code 10.0.0.5:6379}, or the sentinels and the name of the primary. */
  @Override
  public String toString() {
    String all = String.join(",", hosts.stream().map(HostAndPort::toString).toList());
    return primary.isEmpty() ? all : "%s (sentinels %s)".formatted(primary, all);
  }
}
