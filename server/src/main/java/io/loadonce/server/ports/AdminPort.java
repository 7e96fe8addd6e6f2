package io.loadonce.server.ports;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The port for operators, over HTTP: {@code /metrics}, {@code /healthz}, and a page that names
 * them. Nothing here changes anything. Runs on virtual threads of its own.
 */
public final class AdminPort implements AutoCloseable {

  private static final int MAX_CONNECTIONS = 100;
  private static final int MAX_SECONDS = 10;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private static final String PAGE =
      """
      Loadonce

      /metrics  the counters, for Prometheus
      /healthz  200 when calls are welcome, 503 when not
      """;

  /** What a path answers. */
  private record Page(int status, String type, String text) {}

  private final HttpServer server;
  private final ExecutorService threads;

  private AdminPort(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Opens the port.
   *
   * @param metrics in the text format of Prometheus
   * @throws IOException if the port cannot be had
   */
  public static AdminPort open(Address address, Health health, Supplier<String> metrics)
      throws IOException {
    limit("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
    limit("sun.net.httpserver.maxReqTime", MAX_SECONDS);
    limit("sun.net.httpserver.maxRspTime", MAX_SECONDS);
    HttpServer server = HttpServer.create(address.resolve(), MAX_CONNECTIONS);
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory());
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, health, metrics));
    server.start();
    return new AdminPort(server, threads);
  }

  /** The port that it is, if a free one was asked for. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Closes the port at once. */
  @Override
  public void close() {
    server.stop(/* delay= */ 0);
    threads.shutdownNow();
  }

  private static void answer(HttpExchange exchange, Health health, Supplier<String> metrics)
      throws IOException {
    try (exchange) {
      Page page = page(exchange, health, metrics);
      byte[] bytes = page.text().getBytes(StandardCharsets.UTF_8);
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.getResponseHeaders().set("Content-Type", page.type());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(page.status(), head ? -1 : bytes.length);
      if (!head) {
        try (OutputStream body = exchange.getResponseBody()) {
          body.write(bytes);
        }
      }
    }
  }

  private static Page page(HttpExchange exchange, Health health, Supplier<String> metrics) {
    if (!exchange.getRequestMethod().matches("GET|HEAD")) {
      return new Page(405, TEXT, "only GET and HEAD\n");
    }
    return switch (exchange.getRequestURI().getPath()) {
      case "/" -> new Page(200, TEXT, PAGE);
      case "/metrics" -> new Page(200, PROMETHEUS, metrics.get());
      case "/healthz" ->
          health.isServing() ? new Page(200, TEXT, "ok\n") : new Page(503, TEXT, "not serving\n");
      default -> new Page(404, TEXT, "not here; / names what is\n");
    };
  }

  /** The JDK's server takes its limits from system properties, once; what is set by hand stays. */
  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }
}
