package io.loadonce.server.tier;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.Password;
import io.loadonce.server.files.SettingFile;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which Redis the instances share, and its limits. Validated and immutable.
 *
 * @param url where it is, as {@code redis://HOST:PORT}
 * @param user the user, empty for the default user of Redis
 * @param password the password, empty for none; read again for each connection
 * @param prefix with which all keys begin; instances with another prefix share nothing
 * @param timeout how long an answer may take before the database is queried instead
 * @param maxValueBytes the largest row that is put into Redis, in bytes of its encoded form
 * @param ca the certificates that may have signed that of Redis; read again for each connection
 */
public record TierSettings(
    String url,
    String user,
    Password password,
    String prefix,
    Duration timeout,
    int maxValueBytes,
    Optional<SettingFile> ca) {

  public static final Duration MIN_TIMEOUT = Duration.ofMillis(5);
  public static final Duration MAX_TIMEOUT = Duration.ofSeconds(5);
  public static final int MAX_VALUE_BYTES = 16 << 20;

  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]{1,63}");

  /**
   * @throws InvalidSettingException if a value is out of its range or the URL is refused
   */
  public TierSettings {
    boolean isTls = RedisAddress.parse(url).isTls();
    if (ca.isPresent() && !isTls) {
      throw ca.get().wrong("is for TLS only; redis-url must begin with rediss://");
    }
    ca.ifPresent(RedisTrust::in);
    if (!PREFIX.matcher(prefix).matches()) {
      throw new InvalidSettingException(
          "redis-prefix", "must have 1 to 63 letters, digits, dots, - and _");
    }
    if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new InvalidSettingException(
          "redis-timeout",
          "must be %d ms to %d s".formatted(MIN_TIMEOUT.toMillis(), MAX_TIMEOUT.toSeconds()));
    }
    if (maxValueBytes < 1 || maxValueBytes > MAX_VALUE_BYTES) {
      throw new InvalidSettingException(
          "redis-max-value-bytes", "must be 1 to " + MAX_VALUE_BYTES + ", not " + maxValueBytes);
    }
  }

  /** Returns the default limits for a Redis without a user. */
  public static TierSettings of(String url) {
    return new TierSettings(
        url,
        "",
        Password.of(""),
        "loadonce",
        Duration.ofMillis(50),
        /* maxValueBytes= */ 64 << 10,
        Optional.empty());
  }

  RedisAddress address() {
    return RedisAddress.parse(url);
  }
}
