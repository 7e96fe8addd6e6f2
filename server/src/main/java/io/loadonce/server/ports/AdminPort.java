package io.loadonce.server.ports;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import io.loadonce.server.ports.Page.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The port for operators: pages over HTTP. Runs on virtual threads of its own. */
public final class AdminPort implements AutoCloseable {

  private static final int MAX_CONNECTIONS = 100;
  private static final int MAX_SECONDS = 10;

  private final HttpServer server;
  private final ExecutorService threads;

  private AdminPort(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Opens the port.
   *
   * @throws IOException if the address cannot be opened
   */
  public static AdminPort open(Address address, List<Page> pages, PortSecurity security)
      throws IOException {
    limit("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
    limit("sun.net.httpserver.maxReqTime", MAX_SECONDS);
    limit("sun.net.httpserver.maxRspTime", MAX_SECONDS);
    HttpServer server = server(address, security.tls());
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory());
    server.setExecutor(threads);
    List<Page> all = List.copyOf(pages);
    server.createContext("/", exchange -> handle(exchange, all, security));
    server.start();
    return new AdminPort(server, threads);
  }

  /** Returns the port number, also if the address left the choice to the system. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Closes the port at once. */
  @Override
  public void close() {
    server.stop(/* delay= */ 0);
    threads.shutdownNow();
  }

  private static HttpServer server(Address address, Optional<Tls> tls) throws IOException {
    if (tls.isEmpty()) {
      return HttpServer.create(address.resolve(), MAX_CONNECTIONS);
    }
    HttpsServer server = HttpsServer.create(address.resolve(), MAX_CONNECTIONS);
    server.setHttpsConfigurator(tls.get().admin());
    return server;
  }

  private static void handle(HttpExchange exchange, List<Page> pages, PortSecurity security)
      throws IOException {
    try (exchange) {
      Optional<Page> page = find(pages, exchange);
      boolean isOpen = page.isPresent() && page.get().readers() == Page.Readers.EVERYONE;
      Optional<Content> refusal = isOpen ? Optional.empty() : security.refusal(exchange);
      if (refusal.isPresent()) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        send(exchange, Page.TEXT, Page.NOTHING_RUNS, refusal.get());
      } else if (page.isPresent() && page.get().use() == Page.Use.CHANGE) {
        change(exchange, page.get());
      } else if (!exchange.getRequestMethod().matches("GET|HEAD")) {
        sendMistake(exchange, 405, "only GET and HEAD are allowed");
      } else if (page.isEmpty()) {
        sendMistake(exchange, 404, "no such page; / lists all pages");
      } else {
        answer(exchange, page.get());
      }
    }
  }

  /**
   * Pages that have one path differ in their type: a request gets the last one whose type it
   * accepts by name, or else the first. The weights of {@code Accept} are ignored.
   */
  private static Optional<Page> find(List<Page> pages, HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    List<String> accepted = exchange.getRequestHeaders().getOrDefault("Accept", List.of());
    List<Page> all = pages.stream().filter(one -> one.path().equals(path)).toList();
    return all.reversed().stream()
        .filter(one -> accepted.stream().anyMatch(each -> each.contains(one.mediaType())))
        .findFirst()
        .or(() -> all.stream().findFirst());
  }

  /** A browser names the page that sends the request; no page may change anything here. */
  private static void change(HttpExchange exchange, Page page) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      sendMistake(exchange, 405, "only POST is allowed");
    } else if (exchange.getRequestHeaders().containsKey("Origin")) {
      sendMistake(exchange, 403, "this request may not come from a page in a browser");
    } else {
      answer(exchange, page);
    }
  }

  private static void answer(HttpExchange exchange, Page page) throws IOException {
    Parameters parameters;
    try {
      parameters = Parameters.parse(exchange.getRequestURI().getRawQuery());
    } catch (IllegalArgumentException _) {
      sendMistake(exchange, 400, "the parameters of the address are not encoded correctly");
      return;
    }
    send(exchange, page.type(), page.policy(), page.render().apply(parameters));
  }

  private static void sendMistake(HttpExchange exchange, int status, String line)
      throws IOException {
    send(exchange, Page.TEXT, Page.NOTHING_RUNS, new Content(status, line + "\n"));
  }

  private static void send(HttpExchange exchange, String type, String policy, Content content)
      throws IOException {
    byte[] bytes = content.text().getBytes(StandardCharsets.UTF_8);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("Content-Security-Policy", policy);
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.sendResponseHeaders(content.status(), head ? -1 : bytes.length);
    if (!head) {
      try (OutputStream body = exchange.getResponseBody()) {
        body.write(bytes);
      }
    }
  }

  /** Sets a limit of the JDK's HTTP server, which reads it once, unless the operator has set it. */
  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }
}
