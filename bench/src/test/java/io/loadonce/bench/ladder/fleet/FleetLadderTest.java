package io.loadonce.bench.ladder.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loadonce.bench.ladder.database.LadderDatabase;
import io.loadonce.bench.speed.contender.RedisServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three processes, a real Redis and a real PostgreSQL: a lock in Redis, and ours. */
@Tag("slow")
class FleetLadderTest {
  private static final FleetPlan SMALL = new FleetPlan(10, 5, 2, 4, Duration.ofMillis(50));

  @Test
  void measure_lockAndOurs_differInEachScene() throws Exception {
    assumeTrue(
        RedisServer.isInstalled() || System.getenv("CI") != null, "no redis-server is installed");
    try (LadderDatabase database = LadderDatabase.postgres();
        RedisServer redis = RedisServer.start(/* rows= */ 0, /* valueBytes= */ 0);
        FleetLadder ladder =
            new FleetLadder(database, "redis://127.0.0.1:" + redis.port(), SMALL)) {
      FleetMeasured lock = ladder.measure(RungKind.LOCK_WITH_TOKEN);
      FleetMeasured ours = ladder.measure(RungKind.LOADONCE);

      assertThat(lock.cold().queries()).isOne();
      assertThat(lock.stale()).as("a load that sets the old row").isPositive();
      assertThat(lock.slow().queries()).as("a lock that ends while its load runs").isGreaterThan(1);
      assertThat(lock.failing().queries())
          .as("one failed load after the other")
          .isGreaterThan(FleetLadder.INSTANCES);
      assertThat(ours.cold().queries()).isOne();
      assertThat(ours.slow().queries()).isOne();
      assertThat(ours.failing().queries())
          .as("a caller who comes after the failure begins a new load")
          .isLessThanOrEqualTo(FleetLadder.INSTANCES);
      assertThat(ours.manyIds().rowsRead()).isEqualTo(SMALL.ids());
      assertThat(ours.stale()).isZero();
      assertThat(ours.failing().crowd())
          .extracting(WorkerHerd.Result::answered, WorkerHerd.Result::failed)
          .containsExactly(12, 12);
      assertThat(FleetTable.of(List.of(lock, ours))).contains("Loadonce", "0 of 21");
    }
  }
}
