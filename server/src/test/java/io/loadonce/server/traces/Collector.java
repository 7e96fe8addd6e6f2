package io.loadonce.server.traces;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Accepts spans with OTLP over HTTP, on a port of its own. */
final class Collector implements AutoCloseable {

  private static final int UNAVAILABLE = 503;

  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private volatile boolean isRefusing;

  /** Has the count zero while spans are read at once. */
  private volatile CountDownLatch held = new CountDownLatch(0);

  private Collector(HttpServer server) {
    this.server = server;
  }

  static Collector open() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Collector collector = new Collector(server);
    server.createContext("/v1/traces", collector::accept);
    server.start();
    return collector;
  }

  private void accept(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream body = exchange.getRequestBody()) {
      ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body);
      awaitRelease();
      if (!isRefusing) {
        request
            .getResourceSpansList()
            .forEach(
                resource ->
                    resource
                        .getScopeSpansList()
                        .forEach(scope -> spans.addAll(scope.getSpansList())));
      }
      exchange.sendResponseHeaders(isRefusing ? UNAVAILABLE : 200, -1);
    }
  }

  private void awaitRelease() throws InterruptedIOException {
    try {
      held.await();
    } catch (InterruptedException e) {
      throw (InterruptedIOException) new InterruptedIOException().initCause(e);
    }
  }

  /** From now on no request is answered until {@link #release}. */
  void hold() {
    held = new CountDownLatch(1);
  }

  void release() {
    held.countDown();
  }

  /** From now on it refuses all spans, or accepts them again. */
  void refuse(boolean all) {
    isRefusing = all;
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Span> spans() {
    return spans;
  }

  /** The spans of calls. */
  List<Span> calls() {
    return spans.stream().filter(span -> span.getKind() == Span.SpanKind.SPAN_KIND_SERVER).toList();
  }

  /** The spans of queries. */
  List<Span> queries() {
    return spans.stream().filter(span -> span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT).toList();
  }

  @Override
  public void close() {
    release();
    server.stop(/* delay= */ 0);
  }
}
