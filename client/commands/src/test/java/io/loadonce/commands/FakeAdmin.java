package io.loadonce.commands;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An admin port. It counts 3 queries and 30 ids more at each reading, and knows the ids {@code hot}
 * and {@code warm} of the lookup without a name.
 */
final class FakeAdmin implements AutoCloseable {

  private final AtomicInteger reads = new AtomicInteger();
  private final HttpServer server;

  FakeAdmin() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/metrics", this::metrics);
    server.createContext("/ids.txt", FakeAdmin::ids);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void metrics(HttpExchange exchange) throws IOException {
    int read = reads.incrementAndGet();
    answer(
        exchange,
        200,
        "loadonce_queries_total %d.0%nloadonce_ids_loaded_total %d.0%n"
            .formatted(read * 3, read * 30));
  }

  private static void ids(HttpExchange exchange) throws IOException {
    boolean isKnown = exchange.getRequestURI().getQuery().equals("lookup=");
    answer(exchange, isKnown ? 200 : 400, isKnown ? "hot\nwarm\n" : "no such lookup\n");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
