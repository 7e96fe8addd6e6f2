package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.loadonce.server.DatabaseWait.Attempt.Ready;
import io.loadonce.server.DatabaseWait.Attempt.Refused;
import io.loadonce.server.DatabaseWait.Attempt.Unreachable;
import io.loadonce.server.settings.InvalidConfigException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DatabaseWaitTest {

  @Test
  void await_databaseReachable_isServingAtOnce() {
    AtomicInteger serving = new AtomicInteger();

    DatabaseWait.await(Ready::new, serving::incrementAndGet);

    assertThat(serving).hasValue(1);
  }

  @Test
  void await_databaseReachableLater_isServingThen() {
    AtomicBoolean there = new AtomicBoolean();
    AtomicInteger serving = new AtomicInteger();
    DatabaseWait.await(
        () -> there.get() ? new Ready() : new Unreachable(), serving::incrementAndGet);
    assertThat(serving).hasValue(0);

    there.set(true);

    await().until(() -> serving.get() == 1);
  }

  @Test
  void await_databaseRefusesQueries_throwsTheirProblems() {
    AtomicInteger serving = new AtomicInteger();

    assertThatThrownBy(
            () ->
                DatabaseWait.await(
                    () -> new Refused(List.of("lookup a: no table")), serving::incrementAndGet))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("lookup a: no table");
    assertThat(serving).hasValue(0);
  }

  /** Not the start, but the health waits for it. */
  @Test
  void await_databaseRefusesQueriesLater_isNotServing() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    AtomicInteger serving = new AtomicInteger();
    Thread trying =
        DatabaseWait.await(
            () ->
                attempts.incrementAndGet() == 1
                    ? new Unreachable()
                    : new Refused(List.of("lookup a: no table")),
            serving::incrementAndGet);

    await().until(() -> attempts.get() == 2);
    trying.interrupt();
    trying.join();

    assertThat(serving).hasValue(0);
  }

  @Test
  void await_attemptThrowsLater_isRepeated() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    CountDownLatch refused = new CountDownLatch(1);
    Thread trying =
        DatabaseWait.await(
            () -> {
              if (attempts.incrementAndGet() == 1) {
                return new Unreachable();
              }
              refused.countDown();
              throw new IllegalStateException("planted");
            },
            () -> {});

    refused.await();
    await().until(() -> trying.getState() == Thread.State.TIMED_WAITING);
    trying.interrupt();
    trying.join();

    assertThat(attempts).hasValue(2);
  }

  @Test
  void await_interrupted_neverServes() throws Exception {
    AtomicInteger serving = new AtomicInteger();
    Thread trying = DatabaseWait.await(Unreachable::new, serving::incrementAndGet);

    trying.interrupt();
    trying.join();

    assertThat(serving).hasValue(0);
  }
}
