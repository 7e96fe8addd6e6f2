package io.loadonce.server.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.loadonce.server.RunningService;
import io.loadonce.server.ports.Certificates.Pair;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS on both ports, with certificates of an authority of the test. */
@Timeout(60)
class TlsTest {

  private static final int TLS_1_1 = 0x0302;
  private static final int TLS_1_2 = 0x0303;
  private static final int ALERT = 0x15;
  private static final int HANDSHAKE = 0x16;
  private static final int PROTOCOL_VERSION = 70;

  @TempDir private static Path folder;

  private static Path ca;
  private static Path otherCa;
  private static Pair server;
  private static Pair client;
  private static Pair expired;
  private static Pair stranger;
  private static RunningService oneSided;
  private static RunningService mutual;

  @BeforeAll
  static void start() throws Exception {
    Certificates certificates = new Certificates(folder);
    ca = certificates.ca("authority");
    otherCa = certificates.ca("stranger");
    server = certificates.signedBy("authority", "server");
    client = certificates.signedBy("authority", "client");
    expired = certificates.signedBy("authority", "late", "-startdate", "-2d", "-validity", "1");
    stranger = certificates.signedBy("stranger", "client");
    oneSided = RunningService.with(flags());
    Map<String, String> both = new HashMap<>(flags());
    both.put("--tls-client-ca", ca.toString());
    mutual = RunningService.with(both);
  }

  @AfterAll
  static void stop() {
    oneSided.close();
    mutual.close();
  }

  private static Map<String, String> flags() {
    return Map.of(
        "--tls-cert", server.certificate().toString(), "--tls-key", server.key().toString());
  }

  @Test
  void get_overTls_isAnswered() throws Exception {
    assertThat(get(oneSided, trusting(ca).build())).isEqualTo("2988507");
  }

  @Test
  void get_serverIsOfAnotherAuthority_isNotSent() throws Exception {
    assertThatUnavailable(oneSided, trusting(otherCa).build());
  }

  @Test
  void get_plaintextToTheTlsPort_isRefused() {
    assertThatUnavailable(oneSided, InsecureChannelCredentials.create());
  }

  @Test
  void hello_tls11_isRefusedOnBothPorts() throws Exception {
    for (Address port : new Address[] {oneSided.grpc(), oneSided.admin()}) {
      byte[] answer = hello(port, TLS_1_1);

      assertThat(answer[0]).as("%s", port).isEqualTo((byte) ALERT);
      assertThat(answer[6]).as("%s", port).isEqualTo((byte) PROTOCOL_VERSION);
    }
  }

  /** The check above can fail: with a version that is served, the same bytes are answered. */
  @Test
  void hello_tls12_isAnsweredOnBothPorts() throws Exception {
    for (Address port : new Address[] {oneSided.grpc(), oneSided.admin()}) {
      assertThat(hello(port, TLS_1_2)[0]).as("%s", port).isEqualTo((byte) HANDSHAKE);
    }
  }

  @Test
  void get_clientCertificateOfTheAuthority_isAnswered() throws Exception {
    assertThat(get(mutual, with(client))).isEqualTo("2988507");
  }

  @Test
  void get_noClientCertificate_isRefused() throws Exception {
    assertThatUnavailable(mutual, trusting(ca).build());
  }

  @Test
  void get_clientCertificateOfAnotherAuthority_isRefused() throws Exception {
    assertThatUnavailable(mutual, with(stranger));
  }

  @Test
  void get_clientCertificateHasExpired_isRefused() throws Exception {
    assertThatUnavailable(mutual, with(expired));
  }

  @Test
  void pages_overTls_areServedAndNotInPlaintext() throws Exception {
    try (AdminClient admin = AdminClient.of(oneSided, ca)) {
      assertThat(admin.get("/readyz").statusCode()).isEqualTo(200);
      assertThat(admin.get("/metrics").body()).contains("loadonce_queries_total");
    }
    try (AdminClient plain = AdminClient.plaintext(oneSided)) {
      assertThatThrownBy(() -> plain.get("/readyz")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void pages_clientCaIsSet_needACertificateExceptForProbes() throws Exception {
    try (AdminClient none = AdminClient.of(mutual, ca);
        AdminClient known = AdminClient.of(mutual, ca, client)) {
      assertThat(none.get("/livez").statusCode()).isEqualTo(200);
      assertThat(none.get("/readyz").statusCode()).isEqualTo(200);
      assertThat(none.get("/metrics").statusCode()).isEqualTo(401);
      assertThat(none.get("/").statusCode()).isEqualTo(401);
      assertThat(known.get("/metrics").statusCode()).isEqualTo(200);
    }
  }

  /** The version, one cipher suite of TLS 1.1 and one of TLS 1.2, and what an EC key needs. */
  private static byte[] hello(Address port, int version) throws IOException {
    ByteBuffer body = ByteBuffer.allocate(200);
    body.putShort((short) version).put(new byte[32]).put((byte) 0);
    body.putShort((short) 4).putShort((short) 0xc009).putShort((short) 0xc02b);
    body.put((byte) 1).put((byte) 0);
    byte[] protocol = "h2".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer extensions = ByteBuffer.allocate(100);
    extensions.putShort((short) 10).putShort((short) 4).putShort((short) 2).putShort((short) 0x17);
    extensions.putShort((short) 11).putShort((short) 2).put((byte) 1).put((byte) 0);
    extensions.putShort((short) 13).putShort((short) 4).putShort((short) 2).putShort((short) 0x403);
    extensions.putShort((short) 16).putShort((short) 5).putShort((short) 3).put((byte) 2);
    extensions.put(protocol);
    body.putShort((short) extensions.position()).put(extensions.flip());
    int length = body.position();
    ByteBuffer sent = ByteBuffer.allocate(length + 9);
    sent.put((byte) HANDSHAKE).putShort((short) 0x0301).putShort((short) (length + 4));
    sent.putInt(1 << 24 | length).put(body.flip());
    try (Socket socket = new Socket(port.host(), port.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(sent.array());
      InputStream in = socket.getInputStream();
      return in.readNBytes(7);
    }
  }

  private static TlsChannelCredentials.Builder trusting(Path authority) throws IOException {
    return TlsChannelCredentials.newBuilder().trustManager(authority.toFile());
  }

  private static ChannelCredentials with(Pair pair) throws IOException {
    return trusting(ca).keyManager(pair.certificate().toFile(), pair.key().toFile()).build();
  }

  private static void assertThatUnavailable(RunningService service, ChannelCredentials with) {
    assertThatThrownBy(() -> get(service, with))
        .isInstanceOf(StatusRuntimeException.class)
        .extracting(thrown -> Status.fromThrowable(thrown).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  private static String get(RunningService service, ChannelCredentials credentials) {
    ManagedChannel channel = Grpc.newChannelBuilder(service.grpc().toString(), credentials).build();
    try {
      return ResourceServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .get(GetRequest.newBuilder().setId("2988507").build())
          .getResource()
          .getId();
    } finally {
      channel.shutdownNow();
    }
  }
}
