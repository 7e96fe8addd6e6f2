package io.loadonce.server;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SweeperTest {

  @Test
  void sweep_throwsEachTime_isRunAgain() {
    AtomicInteger sweeps = new AtomicInteger();
    try (Sweeper _ =
        Sweeper.start(
            List.of(
                () -> {
                  if (sweeps.incrementAndGet() % 2 == 0) {
                    throw new StackOverflowError("planted");
                  }
                  throw new IllegalStateException("planted");
                }),
            Duration.ofMillis(1))) {
      await().until(() -> sweeps.get() > 10);
    }
  }

  @Test
  void sweep_throwsEachTime_othersAreRun() {
    AtomicInteger others = new AtomicInteger();
    Runnable broken =
        () -> {
          throw new IllegalStateException("planted");
        };
    try (Sweeper _ =
        Sweeper.start(List.of(broken, others::incrementAndGet), Duration.ofMillis(1))) {
      await().until(() -> others.get() > 10);
    }
  }
}
