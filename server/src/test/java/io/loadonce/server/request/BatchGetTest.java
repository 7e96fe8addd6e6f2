package io.loadonce.server.request;

import static io.loadonce.server.request.Answers.failure;
import static io.loadonce.server.request.Answers.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.Code;
import io.loadonce.db.CountedDatabase;
import io.loadonce.server.RunningService;
import io.loadonce.server.request.Answers.Failure;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResponse;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import io.loadonce.v1.LookupInfo.Source;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BatchGet and Invalidate, over a real connection and on a real database. */
class BatchGetTest {

  private static final String PARIS = "2988507";
  private static final String BERLIN = "2950159";
  private CountedDatabase database;
  private RunningService service;

  @BeforeEach
  void start() throws Exception {
    database = CountedDatabase.h2();
    service = RunningService.on(database);
  }

  @AfterEach
  void stop() throws Exception {
    service.close();
    database.close();
  }

  @Test
  void batchGet_allKinds_repliesInOrderWithOneQuery() {
    get(service.stub(), BERLIN);
    database.reset();

    List<BatchGetResult> results = batchGet("abc", PARIS, "-5", BERLIN, PARIS, "");

    assertThat(results).hasSize(6);
    assertThat(results.get(0).getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
    assertThat(results.get(1).getResource().getId()).isEqualTo(PARIS);
    assertThat(results.get(1).hasStatus()).isFalse();
    assertThat(results.get(2).getStatus().getCode()).isEqualTo(Code.NOT_FOUND_VALUE);
    assertThat(results.get(2).hasResource()).isFalse();
    assertThat(results.get(3).getInfo().getSource()).isEqualTo(Source.SOURCE_MEMORY);
    assertThat(results.get(4).getResource()).isEqualTo(results.get(1).getResource());
    assertThat(results.get(5).getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
    assertThat(database.queries()).isEqualTo(1);
    assertThat(database.loadsPerId()).isEqualTo(Map.of(PARIS, 1L, "-5", 1L));
  }

  @Test
  void batchGet_onlyBadIds_failsEachWithoutQuery() {
    assertThat(batchGet("abc", ""))
        .allSatisfy(result -> assertThat(result.hasStatus()).isTrue())
        .hasSize(2);
    assertThat(database.queries()).isZero();
  }

  @Test
  void batchGet_thousandIdsOf256Bytes_fits() {
    List<String> ids = Collections.nCopies(Reason.MAX_IDS, "9".repeat(256));

    assertThat(batchGet(ids.toArray(String[]::new))).hasSize(1_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1_001})
  void batchGet_tooFewOrTooMany_failsAsAWhole(int size) {
    String[] ids = IntStream.range(0, size).mapToObj(Integer::toString).toArray(String[]::new);

    Failure failure = failure(() -> batchGet(ids));

    assertThat(failure.status()).isEqualTo("INVALID_ARGUMENT");
    assertThat(failure.reason()).isEqualTo("loadonce/INVALID_BATCH");
    assertThat(database.queries()).isZero();
  }

  @Test
  void batchGet_minVersionWithoutVersionColumn_failsAsAWhole() {
    BatchGetRequest request =
        BatchGetRequest.newBuilder().addIds(PARIS).addIds("abc").setMinVersion(3).build();

    Failure failure = failure(() -> service.stub().batchGet(request));

    assertThat(failure.status()).isEqualTo("INVALID_ARGUMENT");
    assertThat(failure.reason()).isEqualTo("loadonce/NO_VERSION_COLUMN");
    assertThat(failure.text()).contains("version-column", "min_version");
    assertThat(database.queries()).isZero();
  }

  @Test
  void batchGet_callerLeaves_leavesNoWaiter() {
    String slowly = database.slowQuery(Duration.ofSeconds(20));
    try (RunningService slow = RunningService.on(database, slowly, Map.of())) {
      ListenableFuture<BatchGetResponse> call =
          ResourceServiceGrpc.newFutureStub(slow.channel())
              .batchGet(BatchGetRequest.newBuilder().addIds("1").addIds("2").build());
      await().until(() -> slow.waiters() == 2);

      call.cancel(true);

      await().atMost(Duration.ofSeconds(1)).until(() -> slow.waiters() == 0);
    }
  }

  @Test
  void invalidate_knownAndUnknown_countsAndRemoves() {
    batchGet(PARIS, "-5");

    InvalidateResponse hits = invalidate(PARIS, "-5", BERLIN);

    assertThat(hits.getEntriesRemoved()).isEqualTo(2);
    assertThat(hits.getFlightsFenced()).isZero();
    assertThat(get(service.stub(), PARIS).getInfo().getSource()).isEqualTo(Source.SOURCE_LOADED);
  }

  @Test
  void invalidate_oneBadId_removesNothing() {
    batchGet(PARIS);

    Failure failure = failure(() -> invalidate(PARIS, "abc"));

    assertThat(failure.reason()).isEqualTo("loadonce/INVALID_ID");
    assertThat(get(service.stub(), PARIS).getInfo().getSource()).isEqualTo(Source.SOURCE_MEMORY);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1_001})
  void invalidate_tooFewOrTooMany_isRejected(int size) {
    String[] ids = IntStream.range(0, size).mapToObj(Integer::toString).toArray(String[]::new);

    assertThat(failure(() -> invalidate(ids)).reason()).isEqualTo("loadonce/INVALID_BATCH");
  }

  private List<BatchGetResult> batchGet(String... ids) {
    return service
        .stub()
        .batchGet(BatchGetRequest.newBuilder().addAllIds(List.of(ids)).build())
        .getResultsList();
  }

  private InvalidateResponse invalidate(String... ids) {
    return service
        .stub()
        .invalidate(InvalidateRequest.newBuilder().addAllIds(List.of(ids)).build());
  }
}
