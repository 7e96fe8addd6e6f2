package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.Password;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about a Redis that cannot be used, and about a URL that is wrong. */
class RedisConnectorTest {

  @Test
  void open_nothingListens_saysSo() {
    assertThat(refusal(TierSettings.of("redis://127.0.0.1:1")))
        .contains("Failed to connect to 127.0.0.1:1");
  }

  @Test
  void open_wrongPassword_saysSo() throws Exception {
    try (RedisServer redis = RedisServer.start("--requirepass", "secret")) {
      assertThat(refusal(TierSettings.of(redis.url()))).contains("NOAUTH");
      assertThat(refusal(withPassword(redis.url(), "guess"))).contains("WRONGPASS");
      new RedisConnector(withPassword(redis.url(), "secret")).open().close();
    }
  }

  @Test
  void open_replica_saysSo() throws Exception {
    try (RedisServer redis = RedisServer.start("--replicaof", "127.0.0.1", "1")) {
      assertThat(refusal(TierSettings.of(redis.url()))).contains("READONLY");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 400 Bad Request\\r\\n\\r\\n, Unknown reply",
    "-ERR unknown command 'INFO'\\r\\n, unknown command",
    "*2\\r"
        + "\\n"
        + "$5\\r"
        + "\\n"
        + "proto\\r"
        + "\\n"
        + ":2\\r"
        + "\\n"
        + "$20\\r"
        + "\\n"
        + "redis_version:6.0.16\\r"
        + "\\n"
        + ", it has version 6.0.16; at least 6.2 is needed",
    "*2\\r\\n$5\\r\\nproto\\r\\n:2\\r\\n$9\\r\\nno server\\r\\n, it is no Redis",
    "$2\\r\\nOK\\r\\n, the answer is not one of Redis",
  })
  void open_anotherServer_saysSo(String reply, String said) throws Exception {
    String bytes = reply.replace("\\r", "\r").replace("\\n", "\n");
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answer(server, bytes));
      assertThat(refusal(TierSettings.of("redis://127.0.0.1:" + server.getLocalPort())))
          .contains(said);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "redis://cache, cache:6379",
    "REDISS://10.0.0.5:6380/2, 10.0.0.5:6380",
    "'redis-sentinel://a:1,b/main/3', 'main (sentinels a:1,b:26379)'",
    "redis://[::1]:7000, [::1]:7000",
  })
  void parse_url_isUnderstood(String url, String address) {
    assertThat(RedisAddress.parse(url)).hasToString(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cache:6379",
        "http://cache",
        "redis://",
        "redis://a:0",
        "redis://a:99999",
        "redis://a,b",
        "redis://a/x",
        "redis://a/1/2",
        "redis://a?db=1",
        "redis://user:secret@a",
        "redis-sentinel://a",
        "redis-sentinel://a/",
        "redis-sentinel://a/main/x",
      })
  void parse_wrongUrl_saysWhatIsRight(String url) {
    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(() -> RedisAddress.parse(url))
        .withMessageContaining("must")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }

  private static TierSettings withPassword(String url, String password) {
    return new TierSettings(
        url,
        "",
        Password.of(password),
        "loadonce",
        Duration.ofSeconds(1),
        /* maxValueBytes= */ 9,
        Optional.empty());
  }

  private static String refusal(TierSettings settings) {
    try (RedisConnection _ = new RedisConnector(settings).open()) {
      return "opened";
    } catch (RedisException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Answers what comes first, and reads on until the client leaves. */
  private static void answer(ServerSocket server, String reply) {
    try (Socket client = server.accept();
        InputStream in = client.getInputStream()) {
      int first = in.read();
      client.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
      while (first >= 0 && in.read() >= 0) {}
    } catch (IOException _) {
      // The client has what it needs.
    }
  }
}
