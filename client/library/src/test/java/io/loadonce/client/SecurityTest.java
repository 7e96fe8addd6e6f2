package io.loadonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityTest {

  @TempDir private static Path folder;

  private static SelfSigned certificate;

  @BeforeAll
  static void makeCertificate() throws Exception {
    certificate = SelfSigned.in(folder);
  }

  @Test
  void get_certificateIsTrusted_answersOverTls() throws Exception {
    try (FakeServer server = new FakeServer(certificate.serverCredentials());
        ResourceClient client = open(server, Security.tls(certificate.caFile()))) {
      assertThat(client.get("7").id()).isEqualTo("7");
    }
  }

  @Test
  void get_certificateIsNotTrusted_failsAndSendsNothing() throws Exception {
    try (FakeServer server = new FakeServer(certificate.serverCredentials());
        ResourceClient client = open(server, Security.tls())) {
      assertThatExceptionOfType(LoadonceException.class)
          .isThrownBy(() -> client.get("7"))
          .withMessageContaining("UNAVAILABLE: the TLS handshake failed: ")
          .withMessageContaining("certification path");
      assertThat(server.gets).hasValue(0);
    }
  }

  @Test
  void get_serverSpeaksTlsAndTheClientDoesNot_saysSo() throws Exception {
    try (FakeServer server = new FakeServer(certificate.serverCredentials());
        ResourceClient client = open(server, Security.plaintext())) {
      assertThatExceptionOfType(LoadonceException.class)
          .isThrownBy(() -> client.get("7"))
          .withMessageContaining("UNAVAILABLE: the server closed the connection")
          .withMessageContaining("requires TLS");
    }
  }

  @Test
  void get_clientSpeaksTlsAndTheServerDoesNot_saysSo() {
    try (FakeServer server = new FakeServer();
        ResourceClient client = open(server, Security.tls())) {
      assertThatExceptionOfType(LoadonceException.class)
          .isThrownBy(() -> client.get("7"))
          .withMessage("UNAVAILABLE: the server does not speak TLS on this port");
    }
  }

  @Test
  void open_certificateFileIsNotThere_saysWhich() {
    Security security = Security.tls(folder.resolve("none.pem"));

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(security::credentials)
        .withMessageContaining("none.pem");
  }

  @Test
  void get_serverRequiresACertificate_answersTheClientThatHasOne() throws Exception {
    Security.Tls trusting = Security.tls(certificate.caFile());
    Security known = trusting.withCertificate(certificate.caFile(), certificate.keyFile());
    try (FakeServer server = new FakeServer(certificate.mutualServerCredentials());
        ResourceClient client = open(server, known);
        ResourceClient unknown = open(server, trusting)) {
      assertThat(client.get("7").id()).isEqualTo("7");
      assertThatExceptionOfType(LoadonceException.class)
          .isThrownBy(() -> unknown.get("8"))
          .withMessageStartingWith("UNAVAILABLE: ");
      assertThat(server.gets).hasValue(1);
    }
  }

  @Test
  void open_clientCertificateIsNotThere_saysWhich() {
    Security security =
        Security.tls().withCertificate(folder.resolve("no.pem"), folder.resolve("no.key"));

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(security::credentials)
        .withMessageContainingAll("no.pem", "no.key");
  }

  @Test
  void open_filesAreNotPem_saysSoInOneLine() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "no PEM");
    try (FakeServer server = new FakeServer()) {
      for (Security security :
          List.of(
              Security.tls(text),
              Security.tls().withCertificate(certificate.caFile(), text),
              Security.tls().withCertificate(text, certificate.keyFile()))) {
        assertThatExceptionOfType(UncheckedIOException.class)
            .isThrownBy(() -> open(server, security))
            .withMessageContaining(text.toString());
      }
    }
  }

  private static ResourceClient open(FakeServer server, Security security) {
    return ResourceClient.open(
        ClientSettings.forTarget(server.target()).withMaxAttempts(1).withSecurity(security));
  }
}
