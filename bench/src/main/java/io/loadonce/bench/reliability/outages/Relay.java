package io.loadonce.bench.reliability.outages;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;

/**
 * Passes the bytes of connections on to a port of this machine, on virtual threads. While it is
 * silent nothing arrives in either direction, and no side is told: a network that loses packets.
 * Thread-safe.
 */
final class Relay implements AutoCloseable {

  private static final int BUFFER_BYTES = 8192;

  private final ServerSocket door;
  private final int target;
  private volatile CountDownLatch passable = new CountDownLatch(0);

  private Relay(ServerSocket door, int target) {
    this.door = door;
    this.target = target;
  }

  /** Opens one on a free port. */
  static Relay open(int target) throws IOException {
    Relay relay = new Relay(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), target);
    Thread.ofVirtual().name("relay").start(relay::accept);
    return relay;
  }

  int port() {
    return door.getLocalPort();
  }

  /** From now on nothing arrives, until {@link #speak}. */
  void fallSilent() {
    passable = new CountDownLatch(1);
  }

  /** Passes the bytes on that were held, and those that come. */
  void speak() {
    passable.countDown();
  }

  @Override
  public void close() throws IOException {
    door.close();
    speak();
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException _) {
        // It was closed.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      passable.await();
      try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
        Thread replies = Thread.ofVirtual().start(() -> pass(server, client));
        pass(client, server);
        replies.join();
      }
    } catch (IOException _) {
      // The target refuses connections; the client sees that its connection is closed.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until one side has closed; then both are closed. */
  private void pass(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        passable.await();
        out.write(buffer, 0, n);
      }
    } catch (IOException _) {
      // One side has left.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
