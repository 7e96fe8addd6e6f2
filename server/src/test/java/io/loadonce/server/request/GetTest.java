package io.loadonce.server.request;

import static io.loadonce.server.request.Answers.failure;
import static io.loadonce.server.request.Answers.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.loadonce.db.CountedDatabase;
import io.loadonce.server.RunningService;
import io.loadonce.server.request.Answers.Failure;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.LookupInfo.Source;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Get, over a real connection and on a real database. */
class GetTest {

  private static final String PARIS = "2988507";
  private static CountedDatabase database;
  private static RunningService service;

  @BeforeAll
  static void start() throws Exception {
    database = CountedDatabase.h2();
    service = RunningService.on(database);
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
    database.close();
  }

  @BeforeEach
  void reset() {
    InvalidateRequest all = InvalidateRequest.newBuilder().addIds(PARIS).addIds("-5").build();
    assertThat(service.stub().invalidate(all).getFlightsFenced()).isZero();
    database.reset();
  }

  @Test
  void get_twice_isLoadedAndThenInMemory() {
    GetResponse loaded = get(service.stub(), PARIS);
    GetResponse kept = get(service.stub(), PARIS);

    assertThat(loaded.getInfo().getSource()).isEqualTo(Source.SOURCE_LOADED);
    assertThat(kept.getInfo().getSource()).isEqualTo(Source.SOURCE_MEMORY);
    assertThat(kept.getInfo().hasAge()).isTrue();
    assertThat(kept.getResource()).isEqualTo(loaded.getResource());
    assertThat(kept.getResource().getId()).isEqualTo(PARIS);
    assertThat(kept.getResource().getData().getFieldsOrThrow("name").getStringValue())
        .isEqualTo("Paris");
    assertThat(database.queries()).isEqualTo(1);
  }

  @Test
  void get_anotherFormOfTheId_isTheSameRow() {
    get(service.stub(), "2950159");

    GetResponse kept = get(service.stub(), "0002950159");

    assertThat(kept.getInfo().getSource()).isEqualTo(Source.SOURCE_MEMORY);
    assertThat(kept.getResource().getId()).isEqualTo("2950159");
  }

  @Test
  void get_noRow_isNotFoundAndCached() {
    Failure first = failure(() -> get(service.stub(), "-5"));
    Failure second = failure(() -> get(service.stub(), "-5"));

    assertThat(first.status()).isEqualTo("NOT_FOUND");
    assertThat(first.reason()).isEqualTo("loadonce/NOT_FOUND");
    assertThat(second).isEqualTo(first);
    assertThat(database.queries()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "abc", "1\n", "\u0000", "\u001b[31m", "1 OR 1=1", "99999999999999999999", "é"})
  void get_badId_isInvalidArgumentWithoutQuery(String id) {
    Failure failure = failure(() -> get(service.stub(), id));

    assertThat(failure.status()).isEqualTo("INVALID_ARGUMENT");
    assertThat(failure.reason()).isEqualTo("loadonce/INVALID_ID");
    assertThat(failure.text()).doesNotContain("\n", "\u0000", "\u001b");
    assertThat(database.queries()).isZero();
  }

  @Test
  void get_idOf300Bytes_isInvalidArgumentWithoutQuery() {
    assertThat(failure(() -> get(service.stub(), "1".repeat(300))).text())
        .isEqualTo("id must not be longer than 256 bytes");
    assertThat(database.queries()).isZero();
  }

  @Test
  void get_malformedProtobuf_isInvalidArgument() {
    byte[] cutShort = {0x0A, 0x05, 'a'};
    byte[] noUtf8 = {0x0A, 0x02, (byte) 0xC3, 0x28};

    for (byte[] bytes : new byte[][] {cutShort, noUtf8}) {
      Failure failure = failure(() -> getRaw(bytes));
      assertThat(failure.status()).isEqualTo("INVALID_ARGUMENT");
      assertThat(failure.reason()).isEqualTo("loadonce/MALFORMED_REQUEST");
    }
    assertThat(database.queries()).isZero();
  }

  /** The check above can fail: the same bytes, well formed, are accepted. */
  @Test
  void get_wellFormedRawBytes_hasAReply() {
    assertThat(getRaw(GetRequest.newBuilder().setId(PARIS).build().toByteArray())).isNotEmpty();
  }

  @Test
  void get_queryFails_isInternalWithoutSql() {
    try (RunningService failing =
        RunningService.on(database, database.failingQuery(Duration.ZERO), Map.of())) {
      Failure failure = failure(() -> get(failing.stub(), PARIS));

      assertThat(failure.status()).isEqualTo("INTERNAL");
      assertThat(failure.reason()).isEqualTo("loadonce/QUERY_FAILED");
      assertThat(failure.text()).doesNotContainIgnoringCase("select").doesNotContain("city");
    }
  }

  @Test
  void get_twoRowsForOneId_isInternalInvalidRow() {
    String twice =
        "SELECT c.id, c.name FROM city c JOIN (VALUES (1), (2)) twice ON TRUE WHERE c.id IN (:ids)";
    try (RunningService doubled = RunningService.on(database, twice, Map.of())) {
      Failure failure = failure(() -> get(doubled.stub(), PARIS));

      assertThat(failure.status()).isEqualTo("INTERNAL");
      assertThat(failure.reason()).isEqualTo("loadonce/INVALID_ROW");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 3})
  void get_minVersionWithoutVersionColumn_isInvalidArgumentWithoutQuery(long minVersion) {
    GetRequest request = GetRequest.newBuilder().setId(PARIS).setMinVersion(minVersion).build();

    Failure failure = failure(() -> service.stub().get(request));

    assertThat(failure.status()).isEqualTo("INVALID_ARGUMENT");
    assertThat(failure.reason()).isEqualTo("loadonce/NO_VERSION_COLUMN");
    assertThat(failure.text())
        .isEqualTo(
            "the lookup default has no version column; set version-column in the settings of the"
                + " server, or leave out min_version");
    assertThat(database.queries()).isZero();
  }

  @Test
  void get_overTheCap_isRejectedWithRetryInfo() {
    try (RunningService slow = slow(Duration.ofSeconds(20), Map.of("--max-waiters", "1"))) {
      ListenableFuture<GetResponse> waiting = begin(slow, "1");
      await().until(() -> slow.waiters() == 1);

      Failure refused = failure(() -> get(slow.stub(), "2"));

      assertThat(refused.status()).isEqualTo("RESOURCE_EXHAUSTED");
      assertThat(refused.reason()).isEqualTo("loadonce/TOO_MANY_WAITERS");
      assertThat(refused.detail(RetryInfo.class)).isPresent();
      waiting.cancel(true);
    }
  }

  @Test
  void get_noDeadline_endsAtTheCallTimeout() {
    try (RunningService slow = slow(Duration.ofSeconds(20), Map.of("--call-timeout", "300ms"))) {
      Failure failure =
          failure(() -> get(ResourceServiceGrpc.newBlockingStub(slow.channel()), "1"));

      assertThat(failure.status()).isEqualTo("DEADLINE_EXCEEDED");
      assertThat(failure.reason()).isEqualTo("loadonce/DEADLINE_EXCEEDED");
      assertThat(slow.waiters()).isZero();
    }
  }

  @Test
  void get_databaseSilentForTheLoadTimeout_isUnavailable() {
    try (RunningService slow = slow(Duration.ofSeconds(20), Map.of("--load-timeout", "300ms"))) {
      Failure failure = failure(() -> get(slow.stub(), "1"));

      assertThat(failure.status()).isEqualTo("UNAVAILABLE");
      assertThat(failure.reason()).isEqualTo("loadonce/DATABASE_UNAVAILABLE");
    }
  }

  @Test
  void get_callerLeaves_leavesNoWaiterAndNoStatement() throws Exception {
    try (CountedDatabase own = CountedDatabase.h2();
        RunningService slow =
            RunningService.on(own, own.slowQuery(Duration.ofSeconds(20)), Map.of())) {
      ListenableFuture<GetResponse> call = begin(slow, "1");
      await().until(() -> slow.waiters() == 1);

      call.cancel(true);

      await().atMost(Duration.ofSeconds(1)).until(() -> slow.waiters() == 0);
      await().atMost(Duration.ofSeconds(1)).until(() -> slow.flights() == 0);
      await().atMost(Duration.ofSeconds(1)).until(() -> own.runningStatements() == 0);
    }
  }

  @Test
  void get_deadlinePasses_leavesNoWaiter() {
    try (RunningService slow = slow(Duration.ofSeconds(20), Map.of())) {
      ListenableFuture<GetResponse> call =
          ResourceServiceGrpc.newFutureStub(slow.channel())
              .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
              .get(GetRequest.newBuilder().setId("1").build());
      await().until(call::isDone);

      await().atMost(Duration.ofSeconds(1)).until(() -> slow.waiters() == 0);
    }
  }

  private static RunningService slow(Duration delay, Map<String, String> flags) {
    return RunningService.on(database, database.slowQuery(delay), flags);
  }

  private static ListenableFuture<GetResponse> begin(RunningService where, String id) {
    return ResourceServiceGrpc.newFutureStub(where.channel())
        .get(GetRequest.newBuilder().setId(id).build());
  }

  private static byte[] getRaw(byte[] request) {
    MethodDescriptor<byte[], byte[]> raw =
        ResourceServiceGrpc.getGetMethod().toBuilder(new Raw(), new Raw()).build();
    return ClientCalls.blockingUnaryCall(
        service.channel(),
        raw,
        CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
        request);
  }

  /** Bytes as they are. */
  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] bytes) {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
