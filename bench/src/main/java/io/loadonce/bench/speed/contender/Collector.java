package io.loadonce.bench.speed.contender;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An OpenTelemetry collector that accepts all spans and keeps none. It runs in this JVM, so its
 * processor time counts as the driver's.
 */
public final class Collector implements AutoCloseable {

  private static final int OK = 200;
  private static final int NO_BODY = -1;

  private final HttpServer server;
  private final AtomicLong bytes = new AtomicLong();

  private Collector(HttpServer server) {
    this.server = server;
  }

  /** Starts it on a free port. */
  public static Collector start() throws IOException {
    Collector collector =
        new Collector(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    collector.server.createContext("/v1/traces", collector::accept);
    collector.server.start();
    return collector;
  }

  /** Its address, for {@code --trace-endpoint}. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How many bytes of spans have arrived. */
  public long bytes() {
    return bytes.get();
  }

  @Override
  public void close() {
    server.stop(/* delay= */ 0);
  }

  private void accept(HttpExchange exchange) throws IOException {
    try (exchange) {
      bytes.addAndGet(exchange.getRequestBody().readAllBytes().length);
      exchange.sendResponseHeaders(OK, NO_BODY);
    }
  }
}
