package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.changes.Instances.Reach;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.IdHistory.Miss;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lookup.EncodedRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances that share a real Redis and a database. */
class TwoInstancesTest {
  private static RedisServer redis;

  private final Key id = Key.of(7);
  private final VersionedRows rows = new VersionedRows();
  private TierInstance a;
  private TierInstance b;

  @BeforeAll
  static void startRedis() throws Exception {
    redis = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    if (redis != null) {
      redis.close();
    }
  }

  @BeforeEach
  void startInstances() throws Exception {
    try (var connection = redis.connect()) {
      connection.flushAll();
    }
    rows.put(id, 1);
    a = TierInstance.start(redis, rows);
    b = TierInstance.start(redis, rows);
  }

  @AfterEach
  void stopInstances() {
    a.close();
    b.close();
  }

  @Test
  void get_coldOnBoth_oneQuery() throws Exception {
    CountDownLatch held = rows.hold();
    List<CompletableFuture<Outcome<EncodedRow>>> answers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      answers.add(a.ask(id));
      answers.add(b.ask(id));
    }
    rows.awaitRead();
    await().atMost(TierInstance.TIMEOUT).until(() -> b.counts().waits() + a.counts().waits() > 0);
    held.countDown();

    for (CompletableFuture<Outcome<EncodedRow>> answer : answers) {
      assertThat(TierInstance.text(answer.get(10, TimeUnit.SECONDS))).startsWith("7 is 1");
    }
    assertThat(rows.queries()).isOne();
  }

  @Test
  void get_loadedByTheOther_isSharedWithItsAge() throws Exception {
    assertThat(a.text(id)).isEqualTo("7 is 1 LOADED");
    await().atMost(TierInstance.TIMEOUT).until(() -> a.counts().landed() == 1);
    assertThat(b.text(id)).isEqualTo("7 is 1 SHARED");
    assertThat(b.text(id)).isEqualTo("7 is 1 MEMORY");
    assertThat(rows.queries()).isOne();
  }

  @Test
  void get_noRow_isSharedToo() throws Exception {
    Key none = Key.of(404);
    assertThat(a.get(none)).isInstanceOf(Outcome.Missing.class);
    await().atMost(TierInstance.TIMEOUT).until(() -> a.counts().landed() == 1);
    assertThat(b.get(none)).isInstanceOf(Outcome.Missing.class);
    assertThat(rows.queries()).isOne();
  }

  @Test
  void get_minVersionAboveTheSharedRow_loads() throws Exception {
    a.get(id);
    await().atMost(TierInstance.TIMEOUT).until(() -> a.counts().landed() == 1);
    rows.put(id, 2);
    var newer = b.ask(id, Freshness.ofVersion(2), TierInstance.TIMEOUT);
    assertThat(TierInstance.text(newer.get(10, TimeUnit.SECONDS))).isEqualTo("7 is 2 LOADED");
  }

  @Test
  void invalidate_seen_noInstanceReturnsWhatWasReadBefore() throws Exception {
    a.get(id);
    await().atMost(TierInstance.TIMEOUT).until(() -> a.counts().landed() == 1);
    assertThat(b.text(id)).isEqualTo("7 is 1 SHARED");
    rows.put(id, 2);
    Reach reach = a.invalidate(id, /* isSeen= */ true);
    assertThat(b.text(id)).startsWith("7 is 2");
    assertThat(a.text(id)).startsWith("7 is 2");
    assertThat(reach).isEqualTo(new Reach(2, 0, /* isSent= */ true));
    assertThat(b.engine().statistics().misses(Miss.INVALIDATED_BY_INSTANCE)).isOne();
    assertThat(a.engine().statistics().misses(Miss.INVALIDATED_BY_CALLER)).isOne();
  }

  @Test
  void invalidate_duringALoad_itsRowIsNotShared() throws Exception {
    CountDownLatch held = rows.hold();
    var first = a.ask(id);
    rows.awaitRead();
    rows.put(id, 2);
    b.invalidate(id, /* isSeen= */ true);
    held.countDown();
    assertThat(TierInstance.text(first.get(10, TimeUnit.SECONDS))).isEqualTo("7 is 1 LOADED");
    await().atMost(TierInstance.TIMEOUT).until(() -> a.counts().landingsRefused() == 1);
    rows.holdNoMore();
    assertThat(b.text(id)).startsWith("7 is 2");
    assertThat(a.text(id)).startsWith("7 is 2");
  }

  @Test
  void invalidate_getBetweenTheFenceAndTheRemoval_isNotCached() throws Exception {
    a.get(id);
    await().atMost(TierInstance.TIMEOUT).until(() -> a.counts().landed() == 1);
    rows.put(id, 2);
    List<String> between = new ArrayList<>();
    a.tier()
        .invalidate(
            TierInstance.LOOKUP.name(),
            List.of(id),
            /* isSeen= */ false,
            () -> {
              a.engine().invalidate(id);
              between.add(TierInstance.text(a.ask(id).join()));
            })
        .get(10, TimeUnit.SECONDS);
    assertThat(between).containsExactly("7 is 2 LOADED");
  }

  @Test
  void begin_noInstanceHasWatched_readsNoRowThere() throws Exception {
    a.get(id);
    await().atMost(TierInstance.TIMEOUT).until(() -> a.counts().landed() == 1);
    a.close();
    b.close();
    rows.put(id, 2);
    a = TierInstance.start(redis, rows);
    assertThat(a.text(id)).isEqualTo("7 is 2 LOADED");
  }

  @Test
  void begin_anotherInstanceWatches_readsTheRowsThere() throws Exception {
    a.get(id);
    await().atMost(TierInstance.TIMEOUT).until(() -> a.counts().landed() == 1);
    b.close();
    b = TierInstance.start(redis, rows);
    assertThat(b.text(id)).isEqualTo("7 is 1 SHARED");
  }

  @Test
  void invalidateAll_duringALoad_itsRowIsNotShared() throws Exception {
    CountDownLatch held = rows.hold();
    var first = a.ask(id);
    rows.awaitRead();
    rows.put(id, 2);
    b.invalidateAll(/* isSeen= */ true);
    held.countDown();
    assertThat(TierInstance.text(first.get(10, TimeUnit.SECONDS))).isEqualTo("7 is 1 LOADED");
    await().atMost(TierInstance.TIMEOUT).until(() -> a.counts().landingsRefused() == 1);
    rows.holdNoMore();
    assertThat(b.text(id)).startsWith("7 is 2");
  }

  @Test
  void get_loadFails_bothFailAfterOneQuery() throws Exception {
    rows.fail(new SourceException.QueryFailed("planted", /* cause= */ null));
    CountDownLatch held = rows.hold();
    var first = a.ask(id);
    rows.awaitRead();
    var second = b.ask(id);
    await().atMost(TierInstance.TIMEOUT).until(() -> b.counts().waits() > 0);
    held.countDown();
    assertThat(first.get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Failed.class);
    assertThat(second.get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Failed.class);
    assertThat(rows.queries()).isOne();
  }

  @Test
  void get_otherInstanceHangs_loadsAfterHalfOfItsTime() throws Exception {
    CountDownLatch held = rows.hold();
    var first = a.ask(id);
    rows.awaitRead();
    rows.holdNoMore();
    var second = b.ask(id, Freshness.ANY, Duration.ofMillis(600));
    assertThat(TierInstance.text(second.get(10, TimeUnit.SECONDS))).isEqualTo("7 is 1 LOADED");
    held.countDown();
    first.get(10, TimeUnit.SECONDS);
    await().atMost(TierInstance.TIMEOUT).until(() -> a.counts().landingsRefused() == 1);
  }

  @Test
  void get_rowTooLarge_isNotSharedAndNotWaitedFor() throws Exception {
    rows.sized((64 << 10) + 1);
    a.get(id);
    await().atMost(TierInstance.TIMEOUT).until(() -> a.counts().landed() == 1);
    assertThat(b.text(id)).isEqualTo("7 is 1 LOADED");
    assertThat(b.counts().tooLarge()).isOne();
  }

  @Test
  void get_callersLeave_theLeaseIsReturned() throws Exception {
    CountDownLatch held = rows.hold();
    var first = a.ask(id, Freshness.ANY, Duration.ofMillis(50));
    rows.awaitRead();
    assertThat(first.get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.TimedOut.class);
    rows.holdNoMore();
    assertThat(b.text(id)).isEqualTo("7 is 1 LOADED");
    held.countDown();
  }
}
