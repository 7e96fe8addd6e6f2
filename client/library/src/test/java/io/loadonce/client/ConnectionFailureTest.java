package io.loadonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.grpc.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is said when no Loadonce answers, in one line and without gRPC's own words. */
class ConnectionFailureTest {

  @Test
  void get_nobodyListens_saysThatItCannotConnect() {
    assertThat(messageOf("127.0.0.1:1"))
        .isEqualTo("UNAVAILABLE: cannot connect: Connection refused: /127.0.0.1:1");
  }

  @Test
  void get_hostIsUnknown_saysSo() {
    assertThat(messageOf("no-such-host.invalid:50051"))
        .startsWith("UNAVAILABLE: unknown host: no-such-host.invalid");
  }

  @Test
  void get_httpServerListens_asksForTheRightPort() throws Exception {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.start();
    try {
      assertThat(messageOf("127.0.0.1:" + http.getAddress().getPort()))
          .isEqualTo(
              "INTERNAL: the server does not speak gRPC without TLS; is this the right port?");
    } finally {
      http.stop(0);
    }
  }

  @Test
  void get_serverClosesTheConnection_saysSo() throws Exception {
    try (ServerSocket closing = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      Thread server = new Thread(() -> closeTheFirst(closing));
      server.start();
      assertThat(messageOf("127.0.0.1:" + closing.getLocalPort()))
          .startsWith("UNAVAILABLE: the server closed the connection; ");
      server.join();
    }
  }

  @Test
  void text_answerIsNotGrpc_asksForTheRightPort() {
    Status found = Status.UNIMPLEMENTED.withDescription("HTTP status code 404\ninvalid content");

    assertThat(ConnectionFailure.text(found))
        .isEqualTo("the server speaks HTTP but not gRPC; is this the right port?");
  }

  /**
   * A server that speaks TLS closes a plaintext connection; bytes that it has not read make it so.
   */
  @Test
  void text_connectionIsReset_isThatItWasClosed() {
    Exception reset = new IOException("recvAddress(..) failed with error(-104): Connection reset");

    assertThat(ConnectionFailure.text(Status.UNAVAILABLE.withCause(reset)))
        .startsWith("the server closed the connection; ");
  }

  @Test
  void text_nothingPlainerIsKnown_isWhatGrpcSays() {
    assertThat(ConnectionFailure.text(Status.UNAVAILABLE.withDescription("gone away\ndetails")))
        .isEqualTo("gone away");
    assertThat(
            ConnectionFailure.text(
                Status.UNAVAILABLE
                    .withDescription("io exception\nChannel Pipeline: []")
                    .withCause(new IllegalStateException(new IllegalStateException("reset")))))
        .isEqualTo("io exception: reset");
    assertThat(ConnectionFailure.text(Status.UNAVAILABLE)).isEmpty();
  }

  private static void closeTheFirst(ServerSocket closing) {
    try (Socket accepted = closing.accept()) {
      // Without a byte unread, a close is a FIN and not a reset.
      byte[] preface = accepted.getInputStream().readNBytes(24);
      assertThat(preface).hasSize(24);
      accepted.shutdownOutput();
      accepted.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String messageOf(String target) {
    ClientSettings settings =
        ClientSettings.forTarget(target).withMaxAttempts(1).withDeadline(Duration.ofSeconds(20));
    try (ResourceClient client = ResourceClient.open(settings)) {
      return String.valueOf(
          catchThrowableOfType(LoadonceException.class, () -> client.get("7")).getMessage());
    }
  }
}
