package io.loadonce.server.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.loadonce.server.RunningService;
import io.loadonce.server.access.NewToken;
import io.loadonce.server.ports.Certificates.Pair;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers whose right comes from the name in their certificate. */
@Timeout(60)
class ClientCertificateTest {

  private static final NewToken READER = NewToken.of("reader", "read", "");

  @TempDir private static Path folder;

  private static Path ca;
  private static Path otherCa;
  private static Path trusted;
  private static Pair shop;
  private static Pair operator;
  private static Pair unnamed;
  private static Pair stranger;
  private static RunningService service;

  @BeforeAll
  static void start() throws Exception {
    Certificates certificates = new Certificates(folder);
    ca = certificates.ca("authority");
    otherCa = certificates.ca("stranger");
    Pair server = certificates.signedBy("authority", "server");
    shop = certificates.signedBy("authority", "shop");
    operator = certificates.signedBy("authority", "operator");
    unnamed = certificates.signedBy("authority", "unnamed");
    stranger = certificates.signedBy("stranger", "shop");
    trusted = Files.copy(ca, folder.resolve("trusted.pem"));
    Path access =
        Files.writeString(
            folder.resolve("access.txt"),
            READER.line()
                + "\ncertificate:shop.example shop read\ncertificate:operator operator admin\n");
    service =
        RunningService.with(
            Map.of(
                "--tls-cert", server.certificate().toString(),
                "--tls-key", server.key().toString(),
                "--tls-client-ca", trusted.toString(),
                "--access-file", access.toString()));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void get_certificateOfAKnownCaller_hasItsRights() throws Exception {
    assertThat(code(shop, "")).isEqualTo(Code.OK);
    assertThat(code(operator, "")).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(code(unnamed, "")).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(code(stranger, "")).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void get_certificateAndToken_theTokenCounts() throws Exception {
    assertThat(code(unnamed, READER.token())).isEqualTo(Code.OK);
    assertThat(code(operator, READER.token())).isEqualTo(Code.OK);
    assertThat(code(shop, "wrong")).isEqualTo(Code.UNAUTHENTICATED);
  }

  @Test
  void pages_certificateOfAnOperator_areServed() throws Exception {
    try (AdminClient none = AdminClient.of(service, ca);
        AdminClient reader = AdminClient.of(service, ca, shop);
        AdminClient admin = AdminClient.of(service, ca, operator)) {
      assertThat(none.get("/metrics").statusCode()).isEqualTo(401);
      assertThat(none.get("/readyz").statusCode()).isEqualTo(200);
      assertThat(reader.get("/metrics").statusCode()).isEqualTo(403);
      assertThat(admin.get("/metrics").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void clientCa_changes_newConnectionsNeedTheNewOne() throws Exception {
    Files.writeString(trusted, Files.readString(ca) + Files.readString(otherCa));
    await().until(() -> code(stranger, "") == Code.OK);
    assertThat(code(shop, "")).isEqualTo(Code.OK);

    Files.writeString(trusted, Files.readString(ca));
    await().until(() -> code(stranger, "") == Code.UNAVAILABLE);
    assertThat(code(shop, "")).isEqualTo(Code.OK);
  }

  /** A session that began with the other authority does not outlive it. */
  @Test
  void clientCa_isRemoved_noSessionIsResumed() throws Exception {
    List<String> protocols = List.of("TLSv1.2", "TLSv1.3");
    SSLContext client = AdminClient.context(ca, stranger);
    Files.writeString(trusted, Files.readString(ca) + Files.readString(otherCa));
    await().until(() -> code(stranger, "") == Code.OK);
    assertThat(protocols).allMatch(protocol -> isAccepted(client, protocol));

    Files.writeString(trusted, Files.readString(ca));
    await().until(() -> code(stranger, "") == Code.UNAVAILABLE);

    assertThat(protocols).noneMatch(protocol -> isAccepted(client, protocol));
  }

  /** Whether the server accepts a connection, and speaks on it. */
  private static boolean isAccepted(SSLContext client, String protocol) {
    try (SSLSocket socket =
        (SSLSocket)
            client.getSocketFactory().createSocket(service.grpc().host(), service.grpc().port())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      parameters.setProtocols(new String[] {protocol});
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(10_000);
      socket.startHandshake();
      return socket.getInputStream().read() >= 0;
    } catch (IOException _) {
      return false;
    }
  }

  private static Code code(Pair pair, String token) throws IOException {
    ChannelCredentials credentials =
        TlsChannelCredentials.newBuilder()
            .trustManager(ca.toFile())
            .keyManager(pair.certificate().toFile(), pair.key().toFile())
            .build();
    ManagedChannel channel = Grpc.newChannelBuilder(service.grpc().toString(), credentials).build();
    Metadata headers = new Metadata();
    if (!token.isEmpty()) {
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    }
    try {
      ResourceServiceGrpc.newBlockingStub(channel)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .get(GetRequest.newBuilder().setId("2988507").build());
      return Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    } finally {
      channel.shutdownNow();
    }
  }
}
