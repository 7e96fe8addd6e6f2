package io.loadonce.bench.ladder;

import io.loadonce.bench.ladder.Measured.Herd;
import io.loadonce.bench.ladder.database.LadderDatabase;
import io.loadonce.db.DatabaseSettings;
import io.loadonce.db.JdbcResourceSource;
import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Shows each rung the same scenes on one database. */
final class Ladder implements AutoCloseable {

  /** The one in the middle is shown. */
  private static final int HERDS = 3;

  private static final int STALE_ROUNDS = 3;

  /** What nobody counts: the code becomes warm and the connections open. */
  private static final int WARM_UP_CALLERS = 50;

  private static final int WARM_UP_IDS = 10;

  private final LadderPlan plan;
  private final JdbcResourceSource<Resource> slow;
  private final JdbcResourceSource<Resource> failing;
  private final JdbcResourceSource<Resource> gated;
  private final HerdScene herds;
  private final HerdScene failures;
  private final StaleScene changes;

  /** Enough for every scene; all are in the database and none is in any memory. */
  private final List<ResourceId> ids;

  Ladder(LadderDatabase database, LadderPlan plan) {
    this.plan = plan;
    this.slow = open(database.slow(plan.load(), /* fails= */ false));
    this.failing = open(database.slow(LadderPlan.FAILURE, /* fails= */ true));
    this.gated = open(database.gated());
    this.herds = new HerdScene(database, slow);
    this.failures = new HerdScene(database, failing);
    this.changes = new StaleScene(database, gated);
    this.ids = database.cities(Math.max(plan.ids(), WARM_UP_IDS));
  }

  /** Shows a rung the scenes that are for it. Blocks for some seconds. */
  Measured measure(Step step) throws Exception {
    Measured.Staleness staleness = changes.run(step, ids.subList(0, STALE_ROUNDS));
    if (!step.herds()) {
      return new Measured(step.name(), null, null, null, staleness);
    }
    requireNoFailure(herds.run(step, mixed(WARM_UP_IDS, WARM_UP_CALLERS)));
    return new Measured(
        step.name(),
        coldHerd(step),
        requireNoFailure(herds.run(step, mixed(plan.ids(), plan.callersPerId()))),
        failures.run(step, Collections.nCopies(plan.callers(), ids.getFirst())),
        staleness);
  }

  @Override
  public void close() {
    slow.close();
    failing.close();
    gated.close();
  }

  private Herd coldHerd(Step step) throws InterruptedException {
    List<Herd> seen = new ArrayList<>();
    for (int i = 0; i < HERDS; i++) {
      List<ResourceId> calls = Collections.nCopies(plan.callers(), ids.get(i));
      seen.add(requireNoFailure(herds.run(step, calls)));
    }
    seen.sort(Comparator.comparingLong(herd -> herd.crowd().nanos().getMaxValue()));
    return seen.get(HERDS / 2);
  }

  /** Callers of many ids; the same order for every rung. */
  private List<ResourceId> mixed(int howMany, int callersPerId) {
    List<ResourceId> calls = new ArrayList<>();
    for (ResourceId id : ids.subList(0, howMany)) {
      calls.addAll(Collections.nCopies(callersPerId, id));
    }
    Collections.shuffle(calls, new Random(plan.seed()));
    return calls;
  }

  private static Herd requireNoFailure(Herd herd) {
    Exception failure = herd.crowd().failure();
    if (failure != null) {
      throw new IllegalStateException("a caller failed where no load fails", failure);
    }
    return herd;
  }

  private static JdbcResourceSource<Resource> open(DatabaseSettings settings) {
    return JdbcResourceSource.open(settings, Function.identity());
  }
}
