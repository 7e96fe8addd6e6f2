package io.loadonce.server.badinputs;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.loadonce.db.CountedDatabase;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows that the query returns and that no caller can get. */
class RowsTest {

  private static final String OTHERS = "SELECT id, name FROM city WHERE id IN (:ids)";
  private static final String BERLIN = "2950159";

  private final List<JudgedService> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (JudgedService each : open) {
      each.close();
    }
  }

  /** Only the id with two rows fails, and it is queried each time. */
  @Test
  void row_twoForOneId_isInternalAndNotCached() throws Exception {
    JudgedService judged =
        on(
            "SELECT id, name FROM city JOIN (VALUES (1), (2)) copy(n) ON n = 1 OR id = %s"
                    .formatted(BERLIN)
                + " WHERE id IN (:ids)",
            Map.of());

    assertThat(get(judged, BERLIN)).isEqualTo(Status.Code.INTERNAL);
    long queries = judged.database().queries();
    assertThat(get(judged, BERLIN)).isEqualTo(Status.Code.INTERNAL);

    assertThat(judged.database().queries()).isGreaterThan(queries);
  }

  @Test
  void row_columnIsNull_isOkWithNull() throws Exception {
    JudgedService judged = on(withValue("NULL"), Map.of());

    GetResponse response = judged.judge(() -> stub(judged).get(request(BERLIN)));

    assertThat(response.getResource().getData().getFieldsOrThrow("v").hasNullValue()).isTrue();
  }

  @Test
  void row_overTheByteLimit_isInternalAlone() throws Exception {
    JudgedService judged = on(withValue("REPEAT('x', 5000)"), Map.of("--max-row-bytes", "4KiB"));

    assertThat(get(judged, BERLIN)).isEqualTo(Status.Code.INTERNAL);
  }

  @Test
  void row_valueCannotBeConverted_isInternalAlone() throws Exception {
    JudgedService judged = on(withValue("CAST(CAST(name AS bigint) AS varchar)"), Map.of());

    assertThat(get(judged, BERLIN)).isEqualTo(Status.Code.INTERNAL);
  }

  /** The message of the database has line ends, and it is longer than a line of the log may be. */
  @Test
  void row_databaseFailsWithALongMessage_isOneShortLine() throws Exception {
    String line = "name || CHAR(13) || CHAR(10) || '2026-01-01T00:00:00Z ERROR root '";
    JudgedService judged =
        on(withValue("CAST(CAST(REPEAT(%s, 30) AS bigint) AS varchar)".formatted(line)), Map.of());

    assertThat(get(judged, BERLIN)).isEqualTo(Status.Code.INTERNAL);
  }

  @Test
  void row_keyIsAnother_isInternal() throws Exception {
    JudgedService judged =
        on(
            "SELECT CASE id WHEN %s THEN -7 ELSE id END AS id, name FROM city WHERE id IN (:ids)"
                .formatted(BERLIN),
            Map.of());

    assertThat(get(judged, BERLIN)).isEqualTo(Status.Code.INTERNAL);
  }

  @Test
  void id_unknownFor10000Callers_isOneQuery() throws Exception {
    JudgedService judged = on(OTHERS, Map.of("--negative-ttl", "60s"));
    judged.judgeNothing();
    judged.database().reset();

    List<Status.Code> codes =
        judged.judge(
            () -> {
              try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Status.Code>> calls = new ArrayList<>();
                for (int i = 0; i < 10_000; i++) {
                  calls.add(callers.submit(() -> code(judged, "-1")));
                }
                List<Status.Code> all = new ArrayList<>();
                for (Future<Status.Code> call : calls) {
                  all.add(call.get());
                }
                return all;
              }
            });

    assertThat(codes).hasSize(10_000).containsOnly(Status.Code.NOT_FOUND);
    assertThat(judged.database().queries()).isEqualTo(1);
  }

  /** The rows of all cities but Berlin are as usual. */
  private static String withValue(String ofBerlin) {
    return "SELECT id, CASE id WHEN %s THEN %s ELSE name END AS v FROM city WHERE id IN (:ids)"
        .formatted(BERLIN, ofBerlin);
  }

  private JudgedService on(String query, Map<String, String> flags) throws Exception {
    JudgedService judged = JudgedService.on(CountedDatabase.h2(), query, flags);
    open.add(judged);
    return judged;
  }

  private static Status.Code get(JudgedService judged, String id) {
    return judged.judge(() -> code(judged, id));
  }

  private static Status.Code code(JudgedService judged, String id) {
    try {
      var _ = stub(judged).get(request(id));
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static GetRequest request(String id) {
    return GetRequest.newBuilder().setId(id).build();
  }

  private static ResourceServiceGrpc.ResourceServiceBlockingStub stub(JudgedService judged) {
    return ResourceServiceGrpc.newBlockingStub(judged.service().channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }
}
