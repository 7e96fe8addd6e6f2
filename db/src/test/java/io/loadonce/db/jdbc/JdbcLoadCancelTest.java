package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.OneLookup;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class JdbcLoadCancelTest {

  private static final List<Key> PARIS = List.of(Key.of("2988507"));
  private static final Duration LONG = Duration.ofSeconds(4);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountedDatabase database;
  private final OneLookup.Open<Row> slow;

  JdbcLoadCancelTest(TestDatabase kind) {
    database = kind.database();
    database.reset();
    OneLookup settings = database.settings(database.slowQuery(LONG));
    slow = settings.withPoolSize(1).open();
  }

  @AfterEach
  void close() {
    slow.close();
    threads.shutdownNow();
  }

  @Test
  void cancel_statementRuns_isGoneWithin100ms() throws Exception {
    SourceQuery<Key, Row> query = slow.query(PARIS);
    Future<?> run = threads.submit(query::run);
    await().until(() -> database.runningStatements() == 1);

    long start = System.nanoTime();
    query.cancel();
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> database.runningStatements() == 0);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(100));
    assertThatThrownBy(run::get).hasCauseInstanceOf(SourceException.Unavailable.class);
  }

  @Test
  void cancel_never_statementStillRunsAfter100ms() {
    SourceQuery<Key, Row> query = slow.query(PARIS);
    var _ = threads.submit(query::run);
    await().until(() -> database.runningStatements() == 1);

    await().during(Duration.ofMillis(100)).until(() -> database.runningStatements() == 1);
    query.cancel();
  }

  @Test
  void cancel_beforeRun_runEndsAtOnceAndAsksNothing() {
    SourceQuery<Key, Row> query = slow.query(PARIS);
    query.cancel();
    query.cancel();

    assertThatThrownBy(query::run)
        .isInstanceOf(SourceException.Unavailable.class)
        .hasMessage("the query was cancelled");
    assertThat(database.queries()).isZero();
  }

  @Test
  void cancel_waitingForAConnection_runEndsAtOnceAndAsksNothing() throws Exception {
    SourceQuery<Key, Row> first = slow.query(PARIS);
    Future<?> busy = threads.submit(first::run);
    await().until(() -> database.runningStatements() == 1);
    SourceQuery<Key, Row> second = slow.query(PARIS);
    Thread[] runner = new Thread[1];
    Future<Boolean> waiting =
        threads.submit(
            () -> {
              runner[0] = Thread.currentThread();
              assertThatThrownBy(second::run).isInstanceOf(SourceException.Unavailable.class);
              return Thread.currentThread().isInterrupted();
            });
    await().until(() -> runner[0] != null && runner[0].getState() == Thread.State.TIMED_WAITING);

    long start = System.nanoTime();
    second.cancel();

    assertThat(waiting.get()).as("interrupt left behind").isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(100));
    assertThat(database.queries()).isEqualTo(1);
    first.cancel();
    assertThatThrownBy(busy::get).isInstanceOf(ExecutionException.class);
  }

  @Test
  void cancel_afterRun_leavesTheNextStatementAlone() throws Exception {
    OneLookup brief = database.settings(database.slowQuery(Duration.ofMillis(5)));
    try (var source = brief.withPoolSize(1).open()) {
      for (int i = 0; i < 50; i++) {
        SourceQuery<Key, Row> over = source.query(PARIS);
        over.run();
        Future<?> late = threads.submit(over::cancel);
        assertThat(source.query(PARIS).run()).hasSize(1);
        late.get();
      }
    }
  }

  /** A sweep over the moments before, at and after the end of the statement. */
  @Test
  void cancel_asTheStatementEnds_leavesTheNextStatementAlone() throws Exception {
    OneLookup brief = database.settings(database.slowQuery(Duration.ofMillis(3)));
    try (var source = brief.withPoolSize(1).open()) {
      for (int i = 0; i < 80; i++) {
        SourceQuery<Key, Row> ending = source.query(PARIS);
        var _ = threads.submit(ending::run);
        Future<?> next = threads.submit(() -> source.query(PARIS).run());
        for (long end = System.nanoTime() + i * 100_000L; System.nanoTime() < end; ) {
          Thread.onSpinWait();
        }
        ending.cancel();
        next.get();
      }
    }
  }
}
