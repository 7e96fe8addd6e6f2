package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What callers get while the database is known to be unreachable, and how that is found out. */
class OutageTest {
  private final SourceException.Unavailable gone =
      new SourceException.Unavailable("gone", /* cause= */ null);

  private final AtomicLong now = new AtomicLong();
  private final StallingSource database = new StallingSource(1);
  private final EngineFixture fixture =
      new EngineFixture(
          EngineFixture.CACHE, EngineFixture.LOAD, LockSettings.DEFAULTS, database, now::get);
  private final LoadOnce<String, String> engine = fixture.engine();
  private final List<Outcome<String>> outcomes = new ArrayList<>();

  /** Loaders that were started and do not run. */
  private final Deque<Runnable> notRunning = new ArrayDeque<>();

  @AfterEach
  void whenIdle_nothingIsLeft() {
    engine.sweep();
    fixture.awaitIdle();
  }

  @Test
  void join_databaseUnreachable_failsAtOnceWithoutAQuery() {
    becomeUnreachable();
    join("a");
    assertThat(outcomes).containsExactly(new Failed<>(gone));
    assertThat(database.queries()).isZero();
  }

  @Test
  void join_databaseUnreachableAndAllQueriesHang_failsAtOnce() throws Exception {
    join("hangs");
    StallingSource.PendingQuery hanging = database.next();
    becomeUnreachable();
    join("a");
    assertThat(outcomes).as("before a sweep").containsExactly(new Failed<>(gone));
    hanging.find("row ");
  }

  @Test
  void notReached_rowLoadedDuringTheProbe_loadsGoOn() throws Exception {
    fixture.availability().probing();
    WaitingCaller caller = new WaitingCaller();
    var _ = engine.join("a", Freshness.ANY, Duration.ofMinutes(1), caller);
    database.next().find("row ");
    assertThat(caller.outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(fixture.availability().notReached(gone)).isFalse();
  }

  @Test
  void join_databaseReachedAgain_isLoaded() throws Exception {
    becomeUnreachable();
    fixture.availability().reached();
    WaitingCaller caller = new WaitingCaller();
    var _ = engine.join("a", Freshness.ANY, Duration.ofMinutes(1), caller);
    database.next().find("row ");
    assertThat(caller.outcome()).isInstanceOf(Outcome.Found.class);
  }

  @Test
  void sweep_databaseBecomesUnreachable_queuedAndQueriedIdsFail() throws Exception {
    join("queried");
    StallingSource.PendingQuery hanging = database.next();
    join("queued");
    becomeUnreachable();
    engine.sweep();
    assertThat(outcomes).containsExactly(new Failed<>(gone), new Failed<>(gone));
    assertThat(hanging.wasCancelled()).isTrue();
    assertThat(database.queries()).isOne();
  }

  @Test
  void sweep_loadTimeoutWhileQueued_isOverloadAndNoOutage() {
    EngineFixture queueing = queueing();
    now.addAndGet(LockSettings.DEFAULTS.loadTimeout().toNanos());
    queueing.engine().sweep();
    assertThat(outcomes)
        .containsExactly(new Refused<>(Outcome.Cap.QUEUE, Duration.ofSeconds(1).toNanos()));
    assertThat(queueing.availability().isUnreachable()).isFalse();
    notRunning.forEach(Runnable::run);
    queueing.awaitIdle();
  }

  @Test
  void sweep_databaseBecomesUnreachableAndNoLoaderRuns_queuedIdFails() {
    EngineFixture queueing = queueing();
    queueing.availability().probing();
    assertThat(queueing.availability().notReached(gone)).isTrue();
    queueing.engine().sweep();
    assertThat(outcomes).containsExactly(new Failed<>(gone));
    notRunning.forEach(Runnable::run);
    queueing.awaitIdle();
  }

  /** A stale row is better than no row, for a caller who joined as well. */
  @Test
  void sweep_loadTimeoutWhileQueuedAndRowIsStale_allCallersGetTheStaleRow() throws Exception {
    AtomicBoolean areRunning = new AtomicBoolean(true);
    EngineFixture queueing =
        new EngineFixture(
            EngineFixture.CACHE,
            new LoadSettings(/* earlyRefresh= */ 0, Duration.ofHours(1), Duration.ZERO),
            LockSettings.DEFAULTS,
            database,
            now::get,
            loader -> {
              if (areRunning.get()) {
                Thread.ofVirtual().start(loader);
              } else {
                notRunning.add(loader);
              }
            });
    WaitingCaller first = new WaitingCaller();
    var _ = queueing.engine().join("a", Freshness.ANY, Duration.ofMinutes(1), first);
    database.next().find("row ");
    assertThat(first.outcome()).isInstanceOf(Outcome.Found.class);
    queueing.awaitIdle();
    areRunning.set(false);
    now.addAndGet(Duration.ofMinutes(2).toNanos());
    var _ = queueing.engine().join("a", Freshness.ANY, Duration.ofMinutes(1), outcomes::add);
    var _ = queueing.engine().join("a", Freshness.ANY, Duration.ofMinutes(1), outcomes::add);
    now.addAndGet(LockSettings.DEFAULTS.loadTimeout().toNanos());
    queueing.engine().sweep();
    assertThat(outcomes)
        .hasSize(2)
        .allSatisfy(
            outcome ->
                assertThat(outcome)
                    .isInstanceOfSatisfying(
                        Outcome.Found.class,
                        row -> assertThat(row.origin()).isEqualTo(Outcome.Origin.STALE)));
    notRunning.forEach(Runnable::run);
    queueing.awaitIdle();
  }

  /** An engine in whose queue an id stays, since its loader does not run. */
  private EngineFixture queueing() {
    EngineFixture queueing =
        new EngineFixture(
            EngineFixture.CACHE,
            EngineFixture.LOAD,
            LockSettings.DEFAULTS,
            database,
            now::get,
            notRunning::add);
    var _ = queueing.engine().join("a", Freshness.ANY, Duration.ofMinutes(1), outcomes::add);
    return queueing;
  }

  @Test
  void sweep_queryLastsSuspiciouslyLong_requestsOneProbe() throws Exception {
    join("a");
    StallingSource.PendingQuery slow = database.next();
    engine.sweep();
    assertThat(fixture.availability().isProbeRequested()).isFalse();
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    engine.sweep();
    assertThat(fixture.availability().isProbeRequested()).isTrue();
    fixture.availability().awaitRequest();
    engine.sweep();
    assertThat(fixture.availability().isProbeRequested()).isFalse();
    assertThat(fixture.availability().isUnreachable()).isFalse();
    slow.find("row ");
  }

  private void becomeUnreachable() {
    fixture.availability().probing();
    assertThat(fixture.availability().notReached(gone)).isTrue();
  }

  private void join(String id) {
    var _ = engine.join(id, Freshness.ANY, Duration.ofMinutes(1), outcomes::add);
  }
}
