package io.loadonce.bench.reliability.outages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RelayTest {

  private static final int SILENT_MILLIS = 200;
  private static final int LONG_MILLIS = 10_000;

  @Test
  void fallSilent_connectionIsOpen_holdsItsBytesUntilItSpeaks() throws IOException {
    try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Relay relay = Relay.open(target.getLocalPort());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), relay.port());
        Socket server = target.accept()) {
      client.getOutputStream().write('a');
      assertThat(server.getInputStream().read()).isEqualTo('a');
      server.getOutputStream().write('b');
      assertThat(client.getInputStream().read()).isEqualTo('b');

      relay.fallSilent();
      client.getOutputStream().write('c');
      server.setSoTimeout(SILENT_MILLIS);
      assertThatThrownBy(() -> server.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);

      relay.speak();
      server.setSoTimeout(LONG_MILLIS);
      assertThat(server.getInputStream().read()).isEqualTo('c');
    }
  }

  @Test
  void close_ofTheTarget_closesTheClient() throws IOException {
    try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Relay relay = Relay.open(target.getLocalPort());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), relay.port())) {
      target.accept().close();

      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }
}
