package io.loadonce.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against an admin port that knows every id but the empty one. */
class ExplainCommandTest {

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer admin;

  @BeforeEach
  void start() throws IOException {
    admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    admin.createContext("/explain", this::answer);
    admin.start();
  }

  @AfterEach
  void stop() {
    admin.stop(0);
  }

  @Test
  void explain_twoIds_printsBoth() {
    assertThat(explain("--lookup", "product", "a&b", "ü"))
        .isEqualTo(new CommandRun(0, "explained\nexplained\n", ""));
    assertThat(asked).containsExactly("lookup=product&key=a%26b", "lookup=product&key=%C3%BC");
  }

  @Test
  void explain_keyOfTwoParts_isOneKey() {
    assertThat(explain("--key", "acme", "--key", "7").exitCode()).isZero();
    assertThat(asked).containsExactly("lookup=&key=acme&key=7");
  }

  @Test
  void explain_refused_saysWhy() {
    CommandRun run = explain("");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("loadonce: http://127.0.0.1:%d: no such id\n".formatted(port()));
  }

  @Test
  void explain_noServer_saysSo() {
    admin.stop(0);
    assertThat(explain("7").err()).endsWith("cannot be reached\n");
  }

  @Test
  void explain_adminIsNoUrl_isRefused() {
    CommandRun run = CommandRun.of("explain", "--admin", "localhost", "7");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("admin is 'localhost' but must be http://host:port");
  }

  private CommandRun explain(String... arguments) {
    return CommandRun.of(
        Stream.concat(
                Stream.of("explain", "--admin", "http://127.0.0.1:" + port()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  private int port() {
    return admin.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    asked.add(query);
    boolean isKnown = !query.endsWith("key=");
    byte[] body = (isKnown ? "explained\n" : "no such id\n").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(isKnown ? 200 : 400, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
