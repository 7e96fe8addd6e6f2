package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.FaultProxy;
import io.loadonce.db.FaultProxy.Fault;
import io.loadonce.db.OneLookup;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.form.Row;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The network between the service and PostgreSQL breaks. */
@Tag("slow")
@Timeout(60)
final class ConnectionFaultTest {

  private static final List<Key> PARIS = List.of(Key.of("2988507"));

  /** More than any buffer on the way holds. */
  private static final int LARGE = 400_000;

  private static final String LARGE_ROW =
      "SELECT id, repeat('x', " + LARGE + ") AS name FROM city WHERE id IN (:ids)";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountedDatabase postgres = TestDatabase.POSTGRESQL.database();
  private final FaultProxy proxy = FaultProxy.before(postgres.url());

  @AfterEach
  void close() throws Exception {
    threads.shutdownNow();
    proxy.close();
  }

  static Stream<Fault> cuts() {
    return Stream.of(
        new Fault.Cut(0),
        new Fault.Cut(1),
        new Fault.Cut(50_000),
        new Fault.Reset(0),
        new Fault.Reset(50_000),
        new Fault.WrongBytes());
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void run_replyBreaks_queryIsSentAgainAndTheRowIsWhole(Fault fault) throws Exception {
    try (var source = through(LARGE_ROW).withPoolSize(1).open()) {
      assertThatRowIsWhole(source.query(PARIS).run());
      postgres.reset();

      // At once: the pool checks a connection that was not used for half a second.
      assertThat(source.query(PARIS).run()).hasSize(1);
      proxy.breakNext(fault);
      Map<Key, SourceRow<Row>> rows = source.query(PARIS).run();

      assertThatRowIsWhole(rows);
      assertThat(postgres.queries()).isEqualTo(1 + 2);
    }
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void run_eachReplyBreaks_isUnavailableAndWorksWithin2SecondsAfterwards(Fault fault)
      throws Exception {
    try (var source = through(LARGE_ROW).withPoolSize(2).open()) {
      assertThatRowIsWhole(source.query(PARIS).run());

      proxy.breakEach(fault);

      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> source.query(PARIS).run())
            .isInstanceOf(SourceException.Unavailable.class)
            .hasMessage(SqlFailure.UNREACHABLE);
      }
      proxy.heal();
      await()
          .atMost(Duration.ofSeconds(2))
          .ignoreExceptions()
          .untilAsserted(() -> assertThatRowIsWhole(source.query(PARIS).run()));
    }
  }

  /** One after the other, so that each call meets a connection that the last one has not seen. */
  @ParameterizedTest
  @ValueSource(ints = {8, 64})
  void run_allPooledConnectionsAreSilent_firstRowWithin2Seconds(int size, TestReporter reporter)
      throws Exception {
    OneLookup slow = through(postgres.slowQuery(Duration.ofMillis(300)));
    try (var filling = slow.withPoolSize(size).open()) {
      fill(filling, size);
      var source =
          filling.database().source(postgres.settings().lookup(), StructForm.ofOne(Row::id));
      // The pool checks no connection that was used within the last half second.
      await().pollDelay(Duration.ofMillis(600)).until(() -> proxy.open() >= size);

      proxy.silenceOpen();

      long startNanos = System.nanoTime();
      assertThat(source.query(PARIS).run()).hasSize(1);
      Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
      reporter.publishEntry(size + " silent connections", took.toMillis() + " ms");
      assertThat(took).isLessThan(Duration.ofSeconds(2));
      for (int i = 0; i < size; i++) {
        assertThat(source.query(PARIS).run()).hasSize(1);
      }
    }
  }

  /** A query may lose two connections to one event: its own, and the next one after its check. */
  @Test
  void run_connectionsEndedWhileQueriesRun_noQueryFails() throws Exception {
    int callers = 8;
    try (var source = postgres.settings().withPoolSize(callers).open()) {
      for (int round = 0; round < 5; round++) {
        List<Future<Integer>> runs = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
          runs.add(threads.submit(() -> rows(source, 100)));
        }
        endAll();
        for (Future<Integer> run : runs) {
          assertThat(run.get()).isEqualTo(100);
        }
      }
    }
  }

  private static int rows(OneLookup.Open<Row> source, int queries) throws SourceException {
    int rows = 0;
    for (int i = 0; i < queries; i++) {
      rows += source.query(PARIS).run().size();
    }
    return rows;
  }

  private void endAll() {
    postgres.execute(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
  }

  @Test
  void cancel_connectionIsSilent_runEndsAndTheConnectionIsReplaced() throws Exception {
    OneLookup slow = through(postgres.slowQuery(Duration.ofMillis(500)));
    try (var source = slow.withPoolSize(1).open()) {
      SourceQuery<Key, Row> query = source.query(PARIS);
      Future<?> run = threads.submit(query::run);
      await().until(() -> postgres.runningStatements() == 1);
      proxy.silenceOpen();
      await().until(() -> postgres.runningStatements() == 0);
      assertThat(run.isDone()).isFalse();

      long startNanos = System.nanoTime();
      query.cancel();

      assertThatThrownBy(run::get).hasCauseInstanceOf(SourceException.Unavailable.class);
      assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
          .isLessThan(Duration.ofSeconds(2));
      assertThat(source.query(PARIS).run()).hasSize(1);
    }
  }

  @Test
  void run_repliesAreLate_areWaitedFor() throws Exception {
    try (var source = through(LARGE_ROW).open()) {
      assertThatRowIsWhole(source.query(PARIS).run());

      proxy.delay(Duration.ofMillis(5));

      assertThatRowIsWhole(source.query(PARIS).run());
    }
  }

  @Test
  void run_databaseRefusesConnectionsMeanwhile_worksWithin2SecondsAfterwards() throws Exception {
    try (var source = through(LARGE_ROW).withPoolSize(2).open()) {
      assertThatRowIsWhole(source.query(PARIS).run());
      proxy.refuse();
      proxy.resetOpen();
      assertThatThrownBy(() -> source.query(PARIS).run())
          .isInstanceOf(SourceException.Unavailable.class);

      proxy.heal();

      await()
          .atMost(Duration.ofSeconds(2))
          .ignoreExceptions()
          .untilAsserted(() -> assertThatRowIsWhole(source.query(PARIS).run()));
    }
  }

  private OneLookup through(String query) {
    OneLookup lookup = postgres.settings(query);
    return lookup.withUrl(proxy.url(postgres.url()));
  }

  /** Uses every connection of the pool at the same moment. */
  private void fill(OneLookup.Open<Row> source, int size) throws Exception {
    await()
        .ignoreExceptions()
        .until(
            () -> {
              List<Future<?>> runs = new ArrayList<>();
              for (int i = 0; i < size; i++) {
                runs.add(threads.submit(() -> source.query(PARIS).run()));
              }
              for (Future<?> run : runs) {
                run.get();
              }
              return proxy.open() >= size;
            });
  }

  private static void assertThatRowIsWhole(Map<Key, SourceRow<Row>> rows) {
    assertThat(rows).hasSize(1);
    assertThat(rows.get(PARIS.getFirst()))
        .isInstanceOfSatisfying(
            SourceRow.Found.class,
            found ->
                assertThat(
                        ((Row) found.value())
                            .data()
                            .getFieldsOrThrow("name")
                            .getStringValue()
                            .length())
                    .isEqualTo(LARGE));
  }
}
