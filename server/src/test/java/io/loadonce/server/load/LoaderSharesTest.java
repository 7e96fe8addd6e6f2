package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How several lookups share eight connections. */
class LoaderSharesTest {
  private static final List<String> MANY_IDS = Collections.nCopies(100, "id");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Loaders loaders = new Loaders(/* connections= */ 8, threads);
  private final CountDownLatch slowQueries = new CountDownLatch(1);

  @AfterEach
  void whenTheSlowQueriesEnd_everythingIsLoaded() {
    slowQueries.countDown();
    Awaitility.await().until(() -> loaders.inUse() == 0);
    threads.shutdown();
  }

  @Test
  void add_oneLookup_usesAllConnections() {
    slowLookup().add(MANY_IDS);
    assertThat(loaders.inUse()).isEqualTo(8);
  }

  @Test
  void add_slowLookup_leavesConnectionsToOthers() throws Exception {
    Loaders.Backlog<String> slow = slowLookup();
    Loaders.Backlog<String> alsoSlow = slowLookup();
    slow.add(MANY_IDS);
    Awaitility.await().until(() -> slow.queued() == 94);
    assertThat(loaders.inUse()).isEqualTo(6);

    alsoSlow.add(MANY_IDS);
    Awaitility.await().until(() -> alsoSlow.queued() == 99);
    Awaitility.await().until(() -> loaders.inUse() == 7);

    CountDownLatch loaded = new CountDownLatch(200);
    Loaders.Backlog<String> quick =
        loaders.backlog(/* maxPerQuery= */ () -> 1, /* maxQueries= */ 8, _ -> loaded.countDown());
    quick.add(MANY_IDS);
    quick.add(MANY_IDS);
    assertThat(loaded.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(slow.queued()).isEqualTo(94);
  }

  @Test
  void add_severalLookupsAtOnce_startsNoMoreLoadersThanConnections() {
    Loaders notRunning = new Loaders(/* connections= */ 8, _ -> {});
    for (int lookup = 0; lookup < 3; lookup++) {
      notRunning
          .<String>backlog(/* maxPerQuery= */ () -> 1, /* maxQueries= */ 8, _ -> {})
          .add(MANY_IDS);
    }
    assertThat(notRunning.inUse()).isEqualTo(8);
  }

  @Test
  void add_lookupWithALimit_usesNoMoreConnections() {
    Loaders.Backlog<String> limited = slowLookup(/* maxQueries= */ 2);
    limited.add(MANY_IDS);
    assertThat(loaders.inUse()).isEqualTo(2);
  }

  private Loaders.Backlog<String> slowLookup() {
    return slowLookup(/* maxQueries= */ 8);
  }

  /** Its queries do not end before the latch is open. */
  private Loaders.Backlog<String> slowLookup(int maxQueries) {
    return loaders.backlog(
        /* maxPerQuery= */ () -> 1,
        maxQueries,
        _ -> {
          try {
            slowQueries.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }
}
