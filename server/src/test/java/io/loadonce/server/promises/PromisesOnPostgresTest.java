package io.loadonce.server.promises;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.loadonce.db.CountedDatabase;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo.Source;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * The promises, end to end: callers over gRPC, a real PostgreSQL below, and the queries counted
 * there. Times are reported and not judged, but for what would show a convoy.
 */
@Tag("slow")
class PromisesOnPostgresTest {
  private static final String PARIS = "2988507";
  private static final Duration HELD = Duration.ofMillis(300);

  /** Long enough for 200 calls to arrive. */
  private static final Duration HELD_LONG = Duration.ofSeconds(3);

  private static CountedDatabase database;

  private TestReporter reporter;

  @BeforeAll
  static void startDatabase() throws Exception {
    database = CountedDatabase.postgres();
  }

  @AfterAll
  static void stopDatabase() throws Exception {
    database.close();
  }

  @BeforeEach
  void countFromZero(TestReporter given) {
    reporter = given;
    database.reset();
  }

  @Test
  void get_500CallersOfOneColdId_oneQuery() throws Exception {
    try (RunningService service = slowService()) {
      Herd<GetResponse> herd = Herd.of(callers(service, Collections.nCopies(500, PARIS)));
      report("500 callers of one cold id", herd.took());
      assertThat(herd.answers())
          .allSatisfy(answer -> assertThat(answer.getResource().getId()).isEqualTo(PARIS));
      assertThat(database.queries()).isOne();
      assertThat(database.loadsPerId()).isEqualTo(Map.of(PARIS, 1L));
      assertThat(countOf(herd, Source.SOURCE_LOADED)).isOne();
      assertThatIsIdle(service);
    }
  }

  @Test
  void get_50CallersOfEachOf200ColdIds_eachIdOnce() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    List<String> ids = cities(200);
    List<String> wanted = new ArrayList<>();
    IntStream.range(0, 50).forEach(_ -> wanted.addAll(ids));
    Collections.shuffle(wanted, new Random(seed));
    try (RunningService service = slowService()) {
      Herd<GetResponse> herd = Herd.of(callers(service, wanted));
      report("50 callers of each of 200 cold ids, seed " + seed, herd.took());
      assertThat(database.queries()).as("seed %d", seed).isBetween(1L, 200L);
      assertThat(database.loadsPerId())
          .as("seed %d", seed)
          .hasSize(200)
          .allSatisfy((_, loads) -> assertThat(loads).isOne());
      assertThat(countOf(herd, Source.SOURCE_LOADED)).as("seed %d", seed).isEqualTo(200);
      assertThatIsIdle(service);
    }
  }

  @Test
  void get_loadFails_oneQueryAndAllCallersFailAtOnce() throws Exception {
    try (RunningService service =
        RunningService.on(database, database.failingQuery(HELD), Map.of())) {
      Herd<Status.Code> herd = Herd.of(statuses(service, Collections.nCopies(500, PARIS)));
      report("500 callers of a load that fails after 300 ms", herd.took());
      assertThat(herd.answers()).containsOnly(Status.Code.INTERNAL);
      assertThat(database.queries()).isOne();
      assertThat(herd.took()).as("no convoy of loads").isLessThan(HELD.multipliedBy(20));
      assertThatIsIdle(service);
    }
  }

  @Test
  void get_halfOf200CancelWithTheLeader_noOtherCallerFails() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    try (RunningService service =
        RunningService.on(database, database.slowQuery(HELD_LONG), Map.of())) {
      List<ListenableFuture<GetResponse>> calls = waitingCalls(service, 200);
      List<ListenableFuture<GetResponse>> leaving = new ArrayList<>(calls.subList(1, 200));
      Collections.shuffle(leaving, new Random(seed));
      leaving.subList(99, leaving.size()).clear();
      leaving.add(calls.getFirst());
      leaving.forEach(call -> call.cancel(/* mayInterruptIfRunning= */ true));
      int answered = 0;
      for (ListenableFuture<GetResponse> call : calls) {
        answered += isAnswered(call) ? 1 : 0;
      }
      assertThat(answered).as("seed %d", seed).isEqualTo(100);
      assertThat(database.queries()).as("seed %d", seed).isOne();
      assertThatIsIdle(service);
    }
  }

  @Test
  void get_allCallersCancel_statementIsCancelled() throws Exception {
    try (RunningService service =
        RunningService.on(
            database,
            database.slowQuery(Duration.ofSeconds(30)),
            Map.of("--load-timeout", "60s", "--call-timeout", "60s"))) {
      List<ListenableFuture<GetResponse>> calls = waitingCalls(service, 200);
      Awaitility.await().until(() -> database.runningStatements() == 1);
      long cancelledNanos = System.nanoTime();
      calls.forEach(call -> call.cancel(/* mayInterruptIfRunning= */ true));
      Awaitility.await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> database.runningStatements() == 0);
      report(
          "the statement was gone after all of 200 had cancelled",
          Duration.ofNanos(System.nanoTime() - cancelledNanos));
      assertThat(database.queries()).isOne();
      assertThatIsIdle(service);
    }
  }

  private static RunningService slowService() {
    return RunningService.on(database, database.slowQuery(HELD), Map.of());
  }

  /** Calls for one id, the first of which leads; all of them wait when this returns. */
  private static List<ListenableFuture<GetResponse>> waitingCalls(RunningService service, int n) {
    List<ListenableFuture<GetResponse>> calls = new ArrayList<>();
    calls.add(waitingCall(service));
    Awaitility.await().until(() -> service.waiters() == 1);
    for (int i = 1; i < n; i++) {
      calls.add(waitingCall(service));
    }
    Awaitility.await().until(() -> service.waiters() == n);
    return calls;
  }

  private static ListenableFuture<GetResponse> waitingCall(RunningService service) {
    return ResourceServiceGrpc.newFutureStub(service.channel())
        .withDeadlineAfter(1, TimeUnit.MINUTES)
        .get(GetRequest.newBuilder().setId(PARIS).build());
  }

  private static boolean isAnswered(ListenableFuture<GetResponse> call) throws Exception {
    try {
      return call.get(1, TimeUnit.MINUTES).getResource().getId().equals(PARIS);
    } catch (CancellationException _) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError("a caller who stayed failed", e);
    }
  }

  private static List<Callable<GetResponse>> callers(RunningService service, List<String> ids) {
    List<Callable<GetResponse>> callers = new ArrayList<>();
    for (String id : ids) {
      GetRequest request = GetRequest.newBuilder().setId(id).build();
      callers.add(() -> service.stub().get(request));
    }
    return callers;
  }

  private static List<Callable<Status.Code>> statuses(RunningService service, List<String> ids) {
    List<Callable<Status.Code>> statuses = new ArrayList<>();
    for (Callable<GetResponse> caller : callers(service, ids)) {
      statuses.add(
          () -> {
            try {
              caller.call();
              return Status.Code.OK;
            } catch (StatusRuntimeException e) {
              return e.getStatus().getCode();
            }
          });
    }
    return statuses;
  }

  private static List<String> cities(int n) throws Exception {
    List<String> ids = new ArrayList<>();
    try (java.sql.Connection connection =
            java.sql.DriverManager.getConnection(database.url(), database.user(), "");
        java.sql.ResultSet rows =
            connection.createStatement().executeQuery("SELECT id FROM city LIMIT " + n)) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    database.reset();
    return ids;
  }

  private static long countOf(Herd<GetResponse> herd, Source source) {
    return herd.answers().stream().filter(a -> a.getInfo().getSource() == source).count();
  }

  private void report(String what, Duration took) {
    reporter.publishEntry(what, took.toMillis() + " ms");
  }

  private static void assertThatIsIdle(RunningService service) {
    Awaitility.await()
        .untilAsserted(
            () -> {
              assertThat(service.flights()).as("flights").isZero();
              assertThat(service.waiters()).as("waiters").isZero();
              assertThat(database.runningStatements()).as("statements").isZero();
            });
  }
}
