package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DatabaseWaitTest {

  @Test
  void await_databaseReachable_isServingAtOnce() {
    AtomicInteger serving = new AtomicInteger();

    DatabaseWait.await(() -> true, serving::incrementAndGet);

    assertThat(serving).hasValue(1);
  }

  @Test
  void await_databaseReachableLater_isServingThen() {
    AtomicBoolean there = new AtomicBoolean();
    AtomicInteger serving = new AtomicInteger();
    DatabaseWait.await(there::get, serving::incrementAndGet);
    assertThat(serving).hasValue(0);

    there.set(true);

    await().until(() -> serving.get() == 1);
  }

  @Test
  void await_interrupted_neverServes() throws Exception {
    AtomicInteger serving = new AtomicInteger();
    Thread trying = DatabaseWait.await(() -> false, serving::incrementAndGet);

    trying.interrupt();
    trying.join();

    assertThat(serving).hasValue(0);
  }
}
