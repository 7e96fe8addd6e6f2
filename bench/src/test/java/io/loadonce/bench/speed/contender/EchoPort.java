package io.loadonce.bench.speed.contender;

import io.grpc.Server;
import java.io.IOException;

/**
 * The echo in this process.
 *
 * @param server runs until this is closed
 */
public record EchoPort(Server server) implements AutoCloseable {

  public static EchoPort open(int replyBytes) throws IOException {
    return new EchoPort(EchoServer.open(new byte[replyBytes]));
  }

  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
