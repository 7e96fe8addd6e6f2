package io.loadonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a certificate that is made for the test and is for 127.0.0.1 only. */
class SecurityTest {

  private static final String PASSWORD = "changeit";

  @TempDir private static Path folder;

  private static KeyStore keys;

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path store = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor()).isZero();
    keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
  }

  @Test
  void get_certificateIsTrusted_answersOverTls() throws Exception {
    try (FakeServer server = new FakeServer(serverCredentials())) {
      CommandRun run =
          CommandRun.of("get", "7", "--target", server.target(), "--tls-ca", caFile().toString());

      assertThat(run.err()).isEmpty();
      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).contains("\"id\":\"7\"");
    }
  }

  @Test
  void get_certificateIsNotTrusted_isUnavailable() throws Exception {
    try (FakeServer server = new FakeServer(serverCredentials())) {
      CommandRun run =
          CommandRun.of("get", "7", "--target", server.target(), "--tls", "--attempts", "1");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err().lines()).singleElement().asString().contains("UNAVAILABLE");
      assertThat(server.gets).hasValue(0);
    }
  }

  @Test
  void credentials_fileIsNotThere_saysWhich() {
    Security security = new Security.Tls(Optional.of(folder.resolve("none.pem")));

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(security::credentials)
        .withMessageContaining("none.pem");
  }

  private static Path caFile() throws Exception {
    String body =
        Base64.getMimeEncoder().encodeToString(keys.getCertificate("server").getEncoded());
    return Files.writeString(
        folder.resolve("ca.pem"),
        "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
  }

  private static ServerCredentials serverCredentials() throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    return TlsServerCredentials.newBuilder().keyManager(factory.getKeyManagers()).build();
  }
}
