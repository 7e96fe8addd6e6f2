package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.Password;
import io.loadonce.server.files.SettingFile;
import io.loadonce.server.ports.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Encrypted connections to a real Redis, whose certificate is signed by an authority of our own.
 */
@Tag("slow")
class RedisTlsTest {
  @TempDir private Path directory;

  @Test
  void open_tls_needsTheAuthorityAndTheNameOfTheHost() throws Exception {
    Certificates certificates = new Certificates(directory);
    Path ca = certificates.ca("ours");
    Path other = certificates.ca("other");
    Certificates.Pair pair = certificates.signedBy("ours", "redis");
    int port = RedisServer.freePort();
    try (RedisServer _ =
        RedisServer.start(
            "--tls-port",
            Integer.toString(port),
            "--tls-auth-clients",
            "no",
            "--tls-cert-file",
            pair.certificate().toString(),
            "--tls-key-file",
            pair.key().toString(),
            "--tls-ca-cert-file",
            ca.toString())) {
      assertThat(result("rediss://127.0.0.1:" + port, ca)).isEqualTo("opened");
      assertThat(result("rediss://127.0.0.1:" + port, other)).contains("certification path");
      assertThat(result("rediss://localhost:" + port, ca)).contains("localhost");
    }
  }

  @Test
  void of_wrongFile_saysWhatIsRight() throws Exception {
    Path empty = Files.createFile(directory.resolve("empty.pem"));
    Path text = Files.writeString(directory.resolve("text.pem"), "no certificate");
    assertRefused("rediss://a", directory.resolve("none.pem"), "there is no such file");
    assertRefused("rediss://a", empty, "must be a PEM file of certificates, and holds none");
    assertRefused("rediss://a", text, "must be a PEM file of certificates");
    assertRefused("redis://a", empty, "is for TLS only; redis-url must begin with rediss://");
  }

  private static void assertRefused(String url, Path ca, String said) {
    assertThatThrownBy(() -> settings(url, ca))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("redis-ca: ")
        .hasMessageContaining(said);
  }

  private static String result(String url, Path ca) {
    try (RedisConnection _ = new RedisConnector(settings(url, ca)).open()) {
      return "opened";
    } catch (RedisException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static TierSettings settings(String url, Path ca) {
    return new TierSettings(
        url,
        "",
        Password.of(""),
        "loadonce",
        Duration.ofSeconds(1),
        /* maxValueBytes= */ 9,
        Optional.of(new SettingFile("redis-ca", ca.toString())));
  }
}
