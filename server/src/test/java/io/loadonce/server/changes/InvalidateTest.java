package io.loadonce.server.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.request.ConnectionLimits;
import io.loadonce.server.request.Connections;
import io.loadonce.server.request.ResourceEndpoint;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import io.loadonce.v1.Key;
import io.loadonce.v1.LookupInfo;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceFutureStub;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Invalidate as a caller sees it, over gRPC. */
class InvalidateTest {
  private final AtomicLong clock = new AtomicLong();
  private final VersionedTable table = new VersionedTable();
  private final Lookups lookups =
      UnexpiringEngine.lookups(
          List.of(UnexpiringEngine.VERSIONED, UnexpiringEngine.VERSIONED.withName("other")),
          table,
          java.time.Duration.ZERO,
          clock::get);
  private final DelayedInvalidations delayed =
      new DelayedInvalidations(clock::get, task -> Thread.ofVirtual().start(task));
  private final ResourceEndpoint endpoint =
      new ResourceEndpoint(
          lookups,
          UnexpiringEngine.TIMEOUT,
          new Connections(ConnectionLimits.DEFAULTS, clock::get),
          delayed,
          Instances.ALONE,
          clock::get);
  private final Server server =
      InProcessServerBuilder.forName("invalidate").directExecutor().addService(endpoint).build();
  private final ManagedChannel channel = InProcessChannelBuilder.forName("invalidate").build();
  private final ResourceServiceBlockingStub stub = ResourceServiceGrpc.newBlockingStub(channel);
  private final ResourceServiceFutureStub later = ResourceServiceGrpc.newFutureStub(channel);

  @BeforeEach
  void start() throws IOException {
    server.start();
    for (int id = 1; id <= 10; id++) {
      table.put(Integer.toString(id), 1);
    }
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void invalidate_ids_removesThoseAndCountsThem() {
    warm(1, 2, 3);
    InvalidateResponse hits = stub.invalidate(ids("1", "2", "9"));
    assertThat(hits.getEntriesRemoved()).isEqualTo(2);
    assertThat(hits.getFlightsFenced()).isZero();
    assertThat(source(1)).isEqualTo(LookupInfo.Source.SOURCE_LOADED);
    assertThat(source(3)).isEqualTo(LookupInfo.Source.SOURCE_MEMORY);
  }

  @Test
  void invalidate_all_removesEverythingAndCountsIt() {
    warm(1, 2, 3);
    InvalidateResponse hits = stub.invalidate(all());
    assertThat(hits.getEntriesRemoved()).isEqualTo(3);
    for (int id = 1; id <= 3; id++) {
      assertThat(source(id)).isEqualTo(LookupInfo.Source.SOURCE_LOADED);
    }
  }

  @Test
  void invalidate_allOfALookup_leavesTheOtherLookup() {
    warm(1);
    stub.get(GetRequest.newBuilder().setId("1").setLookup("other").build());

    InvalidateResponse hits = stub.invalidate(all().toBuilder().setLookup("other").build());

    assertThat(hits.getEntriesRemoved()).isEqualTo(1);
    assertThat(source(1)).isEqualTo(LookupInfo.Source.SOURCE_MEMORY);
  }

  @Test
  void invalidate_keysOfTwoLookups_removesBoth() {
    warm(1);
    stub.get(GetRequest.newBuilder().setId("2").setLookup("other").build());
    InvalidateRequest request =
        InvalidateRequest.newBuilder()
            .setLookup("other")
            .addKeys(Key.newBuilder().setLookup("default").setId("1"))
            .addKeys(Key.newBuilder().addKey("2"))
            .build();

    assertThat(stub.invalidate(request).getEntriesRemoved()).isEqualTo(2);
    assertThat(source(1)).isEqualTo(LookupInfo.Source.SOURCE_LOADED);
  }

  @Test
  void invalidate_unknownLookup_isNotFoundAndRemovesNothing() {
    warm(1);
    Key known = Key.newBuilder().setId("1").build();
    for (InvalidateRequest request :
        List.of(
            ids("1").toBuilder().setLookup("none").build(),
            all().toBuilder().setLookup("none").build(),
            InvalidateRequest.newBuilder()
                .addKeys(known)
                .addKeys(known.toBuilder().setLookup("none"))
                .build())) {
      StatusRuntimeException refusal = failure(request);

      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(reason(refusal)).isEqualTo("UNKNOWN_LOOKUP");
      assertThat(refusal.getStatus().getDescription())
          .isEqualTo("this server has no lookup none; name one of these: default, other");
    }
    assertThat(source(1)).isEqualTo(LookupInfo.Source.SOURCE_MEMORY);
  }

  @Test
  void invalidate_loadUnderWay_waitersGetTheRowAndNothingOlderIsCached() throws Exception {
    for (InvalidateRequest request : List.of(ids("4"), all())) {
      table.put("4", 1);
      stub.invalidate(ids("4"));
      CountDownLatch gate = table.stall();
      Future<GetResponse> waits = later.get(GetRequest.newBuilder().setId("4").build());
      table.awaitRead();
      table.put("4", 2);

      InvalidateResponse hits = stub.invalidate(request);

      assertThat(hits.getFlightsFenced()).isEqualTo(1);
      gate.countDown();
      assertThat(waits.get().getResource().getVersion()).isEqualTo(1);
      assertThat(get(4).getResource().getVersion()).isEqualTo(2);
    }
  }

  @Test
  void invalidate_repeatAfter_runsAgainAfterTheDelay() {
    warm(5);
    stub.invalidate(ids("5").toBuilder().setRepeatAfter(seconds(60)).build());
    assertThat(source(5)).isEqualTo(LookupInfo.Source.SOURCE_LOADED);
    delayed.sweep();
    assertThat(source(5)).as("not yet").isEqualTo(LookupInfo.Source.SOURCE_MEMORY);
    table.put("5", 2);
    clock.addAndGet(java.time.Duration.ofMinutes(1).toNanos());
    delayed.sweep();
    Awaitility.await()
        .atMost(UnexpiringEngine.TIMEOUT)
        .until(() -> get(5).getResource().getVersion() == 2);
  }

  @Test
  void invalidate_tooManyRepeats_isExhaustedAndRemovesNothing() {
    warm(1);
    String[] thousand =
        IntStream.rangeClosed(1, 1_000).mapToObj(i -> "1" + i).toArray(String[]::new);
    InvalidateRequest many = ids(thousand).toBuilder().setRepeatAfter(seconds(1)).build();
    for (int i = 0; i < DelayedInvalidations.MAX_PENDING_IDS / 1_000; i++) {
      stub.invalidate(many);
    }
    InvalidateRequest one = ids("1").toBuilder().setRepeatAfter(seconds(1)).build();
    StatusRuntimeException refusal = failure(one);
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(reason(refusal)).isEqualTo("TOO_MANY_REPEATS");
    assertThat(StatusProto.fromThrowable(refusal).getDetailsList())
        .anyMatch(detail -> detail.is(RetryInfo.class));
    assertThat(source(1)).isEqualTo(LookupInfo.Source.SOURCE_MEMORY);
  }

  @Test
  void invalidate_badInput_isInvalidWithOneLineAndRemovesNothing() {
    warm(1);
    String[] tooMany =
        IntStream.rangeClosed(1, 1_001).mapToObj(Integer::toString).toArray(String[]::new);
    refuses(
        InvalidateRequest.getDefaultInstance(),
        "INVALID_BATCH",
        "1 to 1,000 ids or keys, or sets all");
    refuses(ids("1").toBuilder().setAll(true).build(), "INVALID_BATCH", "not both");
    refuses(
        ids("1").toBuilder().addKeys(Key.newBuilder().setId("1")).build(),
        "INVALID_BATCH",
        "a request has ids or keys, not both");
    refuses(ids(tooMany), "INVALID_BATCH", "1 to 1,000 ids or keys, not more");
    refuses(ids("1", "abc"), "INVALID_ID", "decimal number");
    for (Duration wrong :
        List.of(
            seconds(0),
            seconds(-1),
            seconds(61),
            Duration.newBuilder().setNanos(-1).build(),
            Duration.newBuilder().setSeconds(60).setNanos(1).build(),
            Duration.newBuilder().setSeconds(1).setNanos(1_000_000_000).build(),
            seconds(Long.MAX_VALUE))) {
      refuses(
          ids("1").toBuilder().setRepeatAfter(wrong).build(),
          "INVALID_REPEAT",
          "more than 0 s and at most 60 s");
    }
    assertThat(source(1)).isEqualTo(LookupInfo.Source.SOURCE_MEMORY);
  }

  private void refuses(InvalidateRequest request, String reason, String text) {
    StatusRuntimeException refusal = failure(request);
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(reason(refusal)).isEqualTo(reason);
    assertThat(refusal.getStatus().getDescription()).contains(text).doesNotContain("\n");
  }

  private StatusRuntimeException failure(InvalidateRequest request) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> stub.invalidate(request));
  }

  private static String reason(StatusRuntimeException failure) {
    try {
      return StatusProto.fromThrowable(failure).getDetails(0).unpack(ErrorInfo.class).getReason();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private void warm(int... ids) {
    for (int id : ids) {
      get(id);
      assertThat(source(id)).isEqualTo(LookupInfo.Source.SOURCE_MEMORY);
    }
  }

  private LookupInfo.Source source(int id) {
    return get(id).getInfo().getSource();
  }

  private GetResponse get(int id) {
    return stub.get(GetRequest.newBuilder().setId(Integer.toString(id)).build());
  }

  private static InvalidateRequest ids(String... ids) {
    return InvalidateRequest.newBuilder().addAllIds(List.of(ids)).build();
  }

  private static InvalidateRequest all() {
    return InvalidateRequest.newBuilder().setAll(true).build();
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }
}
