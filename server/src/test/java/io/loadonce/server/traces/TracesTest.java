package io.loadonce.server.traces;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.loadonce.db.CountedDatabase;
import io.loadonce.server.RunningService;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** The spans of real calls over loopback, as a collector receives them over HTTP. */
@Timeout(60)
class TracesTest {

  private static final String PARIS = "2988507";
  private static final String MONACO = "2993458";
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "b7ad6b7169203331";
  private static final int CALLERS = 20;
  private static final Duration SLOW = Duration.ofMillis(400);

  private final Logger logger = (Logger) LoggerFactory.getLogger(LoggedExporter.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void start() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
  }

  @Test
  void get_manyCallersOfOneColdId_oneQuerySpanAndEachCallLeadsToIt() throws Exception {
    try (Collector collector = Collector.open();
        CountedDatabase database = CountedDatabase.h2();
        RunningService service = traced(database, collector.address(), "1")) {
      Futures.allAsList(IntStream.range(0, CALLERS).mapToObj(_ -> get(service, PARIS)).toList())
          .get(20, TimeUnit.SECONDS);

      await().until(() -> collector.calls().size() == CALLERS && !collector.queries().isEmpty());
      assertThat(collector.queries()).hasSize(1);
      Span query = collector.queries().getFirst();
      assertThat(collector.calls())
          .filteredOn(call -> call.getSpanId().equals(query.getParentSpanId()))
          .singleElement()
          .satisfies(
              first -> {
                assertThat(first.getTraceId()).isEqualTo(query.getTraceId());
                assertThat(first.getLinksList()).isEmpty();
              });
      assertThat(collector.calls())
          .filteredOn(call -> !call.getSpanId().equals(query.getParentSpanId()))
          .hasSize(CALLERS - 1)
          .allSatisfy(
              joined ->
                  assertThat(joined.getLinksList())
                      .singleElement()
                      .satisfies(
                          link -> {
                            assertThat(link.getSpanId()).isEqualTo(query.getSpanId());
                            assertThat(link.getTraceId()).isEqualTo(query.getTraceId());
                          }));
      assertThat(query.getName()).isEqualTo("load default");
      assertThat(attributes(query))
          .containsEntry("db.system.name", "h2database")
          .containsEntry("db.query.text", database.slowQuery(SLOW))
          .containsEntry("loadonce.lookup", "default")
          .containsEntry("loadonce.query.ids", "1")
          .doesNotContainKey("error.type");
      assertThat(Double.parseDouble(attributes(query).getOrDefault("loadonce.query.seconds", "")))
          .isGreaterThan(0.3);
      assertThat(query.getEndTimeUnixNano() - query.getStartTimeUnixNano())
          .isGreaterThan(Duration.ofMillis(300).toNanos());
      assertThat(collector.calls())
          .allSatisfy(
              call -> {
                assertThat(call.getName()).isEqualTo("loadonce.v1.ResourceService/Get");
                assertThat(attributes(call))
                    .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                            "rpc.system", "grpc",
                            "rpc.service", "loadonce.v1.ResourceService",
                            "rpc.method", "Get",
                            "rpc.grpc.status_code", "0"));
              });
      assertThat(collector.spans())
          .allSatisfy(span -> assertThat(span.toString()).doesNotContain(PARIS, "Paris"));
    }
  }

  @Test
  void batchGet_coldIds_haveTheirQueriesAsChildrenAndNoLinkTwice() throws Exception {
    try (Collector collector = Collector.open();
        RunningService service =
            RunningService.with(
                Map.of("--trace-endpoint", collector.address(), "--trace-ratio", "1"))) {
      service.stub().batchGet(BatchGetRequest.newBuilder().addIds(PARIS).addIds(MONACO).build());
      assertThatThrownBy(() -> service.stub().get(GetRequest.newBuilder().setId("x").build()))
          .hasMessageContaining("INVALID_ARGUMENT");

      assertThat(service.drain()).isTrue();
      Map<String, Span> calls = new HashMap<>();
      collector.calls().forEach(call -> calls.put(attributes(call).get("rpc.method"), call));
      Span batch = requireNonNull(calls.get("BatchGet"));
      Span refused = requireNonNull(calls.get("Get"));
      assertThat(batch.getLinksList()).isEmpty();
      assertThat(collector.queries())
          .isNotEmpty()
          .allSatisfy(query -> assertThat(query.getParentSpanId()).isEqualTo(batch.getSpanId()))
          .extracting(query -> Integer.parseInt(attributes(query).get("loadonce.query.ids")))
          .satisfies(ids -> assertThat(ids.stream().mapToInt(each -> each).sum()).isEqualTo(2));
      assertThat(attributes(refused)).containsEntry("rpc.grpc.status_code", "3");
      assertThat(refused.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    }
  }

  @Test
  void get_deadlinePasses_hasItsStatusAndIsAnError() throws Exception {
    try (Collector collector = Collector.open();
        CountedDatabase database = CountedDatabase.h2();
        RunningService service = traced(database, collector.address(), "1")) {
      assertThat(service.isServing())
          .as("so that the call does not wait for a connection")
          .isTrue();
      assertThatThrownBy(
              () ->
                  service
                      .stub()
                      .withDeadlineAfter(100, TimeUnit.MILLISECONDS)
                      .get(GetRequest.newBuilder().setId(PARIS).build()))
          .hasMessageContaining("DEADLINE_EXCEEDED");

      assertThat(service.drain()).isTrue();
      assertThat(collector.calls())
          .singleElement()
          .satisfies(
              call -> {
                assertThat(attributes(call)).containsEntry("rpc.grpc.status_code", "4");
                assertThat(call.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
              });
    }
  }

  /**
   * The call that begins the load is not traced; one that joins it is, since its caller says so.
   */
  @Test
  void get_callerHasDecided_isTracedOnlyIfTheCallerSaysSo() throws Exception {
    try (Collector collector = Collector.open();
        CountedDatabase database = CountedDatabase.h2();
        RunningService service = traced(database, collector.address(), "0")) {
      ListenableFuture<GetResponse> undecided = get(service, PARIS);
      await().until(() -> service.waiters() == 1);
      ListenableFuture<GetResponse> not =
          get(service, PARIS, "00-%s-%s-00".formatted(TRACE, PARENT));
      ListenableFuture<GetResponse> wrong = get(service, PARIS, "no traceparent");
      ListenableFuture<GetResponse> traced =
          get(service, PARIS, "00-%s-%s-01".formatted(TRACE, PARENT));
      Futures.allAsList(undecided, not, wrong, traced).get(20, TimeUnit.SECONDS);

      assertThat(service.drain()).isTrue();
      assertThat(collector.calls()).hasSize(1);
      Span call = collector.calls().getFirst();
      assertThat(hex(call.getTraceId())).isEqualTo(TRACE);
      assertThat(hex(call.getParentSpanId())).isEqualTo(PARENT);
      assertThat(collector.queries())
          .singleElement()
          .satisfies(
              query -> {
                assertThat(query.getParentSpanId()).isEqualTo(call.getSpanId());
                assertThat(query.getStartTimeUnixNano()).isLessThan(call.getEndTimeUnixNano());
              });
    }
  }

  @Test
  void get_queryFails_spanSaysSoWithoutTheMessage() throws Exception {
    try (Collector collector = Collector.open();
        CountedDatabase database = CountedDatabase.h2();
        RunningService service =
            RunningService.on(
                database,
                database.failingQuery(Duration.ZERO),
                Map.of("--trace-endpoint", collector.address(), "--trace-ratio", "1"))) {
      assertThatThrownBy(() -> get(service, PARIS).get(20, TimeUnit.SECONDS))
          .isInstanceOf(java.util.concurrent.ExecutionException.class);

      assertThat(service.drain()).isTrue();
      assertThat(collector.queries())
          .singleElement()
          .satisfies(
              query -> {
                assertThat(attributes(query)).containsEntry("error.type", "query_failed");
                assertThat(query.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
                assertThat(query.getStatus().getMessage()).isEmpty();
                assertThat(query.getEventsList()).isEmpty();
              });
    }
  }

  @Test
  void export_collectorRefusesAndAcceptsAgain_isOneLineEachAndCallsAreAnswered() throws Exception {
    try (Collector collector = Collector.open();
        RunningService service =
            RunningService.with(
                Map.of("--trace-endpoint", collector.address(), "--trace-ratio", "1"))) {
      collector.refuse(true);
      get(service, PARIS).get(20, TimeUnit.SECONDS);
      await().until(() -> !log.list.isEmpty());
      collector.refuse(false);
      get(service, PARIS).get(20, TimeUnit.SECONDS);
      await().until(() -> log.list.size() == 2);

      assertThat(log.list)
          .extracting(ILoggingEvent::getLevel)
          .containsExactly(Level.WARN, Level.INFO);
      assertThat(log.list.getFirst().getFormattedMessage())
          .startsWith("spans cannot be sent to " + collector.address() + ": ")
          .contains("the collector answered with an error");
      assertThat(log.list.getLast().getFormattedMessage())
          .matches("spans are sent to \\S+ again; \\d+ were lost");
      assertThat(collector.calls()).hasSize(1);
    }
  }

  @Test
  void export_noCollector_isOneLineAndTheDrainIsNotDelayed() throws Exception {
    try (RunningService service =
        RunningService.with(
            Map.of("--trace-endpoint", "http://127.0.0.1:1", "--trace-ratio", "1"))) {
      for (String id : List.of(PARIS, MONACO, PARIS)) {
        assertThat(get(service, id).get(20, TimeUnit.SECONDS).hasResource()).isTrue();
      }
      await().until(() -> !log.list.isEmpty());
      get(service, PARIS).get(20, TimeUnit.SECONDS);

      long beganNanos = System.nanoTime();
      assertThat(service.drain()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - beganNanos))
          .isLessThan(Duration.ofSeconds(4));
      assertThat(log.list)
          .singleElement()
          .satisfies(
              line ->
                  assertThat(line.getFormattedMessage())
                      .contains("http://127.0.0.1:1", "ConnectException"));
    }
  }

  private static RunningService traced(CountedDatabase database, String endpoint, String ratio) {
    return RunningService.on(
        database,
        database.slowQuery(SLOW),
        Map.of("--trace-endpoint", endpoint, "--trace-ratio", ratio));
  }

  private static ListenableFuture<GetResponse> get(
      RunningService service, String id, String header) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), header);
    return get(service, id, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static ListenableFuture<GetResponse> get(
      RunningService service, String id, ClientInterceptor... interceptors) {
    return ResourceServiceGrpc.newFutureStub(service.channel())
        .withInterceptors(interceptors)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .get(GetRequest.newBuilder().setId(id).build());
  }

  private static Map<String, String> attributes(Span span) {
    Map<String, String> all = new HashMap<>();
    for (KeyValue each : span.getAttributesList()) {
      all.put(each.getKey(), text(each.getValue()));
    }
    return all;
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> Long.toString(value.getIntValue());
      case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
      default -> value.toString();
    };
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
