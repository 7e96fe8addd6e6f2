package io.loadonce.bench.ladder;

import io.loadonce.bench.ladder.Measured.Herd;
import io.loadonce.bench.ladder.database.LadderDatabase;
import io.loadonce.db.form.Row;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Runs the same scenes for each rung, on one database. */
final class Ladder implements AutoCloseable {

  /** The number of herds that fit into the time, within these bounds; the median is shown. */
  private static final Duration HERDS_TIME = Duration.ofSeconds(1);

  private static final int MIN_HERDS = 3;
  private static final int MAX_HERDS = 21;

  private static final int STALE_ROUNDS = 3;

  /** How long herds run that are not counted, so that code is warm and connections are open. */
  private static final Duration WARM_UP = Duration.ofMillis(500);

  private final LadderPlan plan;
  private final Database connections;
  private final HerdScene herds;
  private final HerdScene failures;
  private final StaleScene changes;

  /** Enough for every scene; all are in the database and none is cached. */
  private final List<Key> ids;

  Ladder(LadderDatabase database, LadderPlan plan) {
    this.plan = plan;
    this.connections = Database.open(database.settings());
    this.herds = new HerdScene(database, source(database.slow(plan.load(), /* fails= */ false)));
    this.failures =
        new HerdScene(database, source(database.slow(LadderPlan.FAILURE, /* fails= */ true)));
    this.changes = new StaleScene(database, source(database.gated()));
    this.ids = database.cities(Math.max(plan.ids(), STALE_ROUNDS));
  }

  /** Runs the scenes of a rung. Blocks for some seconds. */
  Measured measure(Step step) throws Exception {
    Measured.Staleness staleness = changes.run(step, ids.subList(0, STALE_ROUNDS));
    if (!step.herds()) {
      return new Measured(step.name(), null, null, null, staleness);
    }
    warmUp(step);
    return new Measured(
        step.name(),
        coldHerd(step),
        requireNoFailure(herds.run(step, manyIds())),
        failures.run(step, callersOf(ids.getFirst())),
        staleness);
  }

  @Override
  public void close() {
    connections.close();
  }

  private void warmUp(Step step) throws InterruptedException {
    long endNanos = System.nanoTime() + WARM_UP.toNanos();
    do {
      requireNoFailure(herds.run(step, callersOf(ids.getLast())));
    } while (System.nanoTime() - endNanos < 0);
  }

  private Herd coldHerd(Step step) throws InterruptedException {
    List<Herd> seen = new ArrayList<>();
    long endNanos = System.nanoTime() + HERDS_TIME.toNanos();
    do {
      seen.add(requireNoFailure(herds.run(step, callersOf(ids.getFirst()))));
    } while (seen.size() < MIN_HERDS
        || (seen.size() < MAX_HERDS && System.nanoTime() - endNanos < 0));
    seen.sort(Comparator.comparingLong(herd -> herd.crowd().nanos().getMaxValue()));
    return seen.get(seen.size() / 2);
  }

  private List<Key> callersOf(Key id) {
    return Collections.nCopies(plan.callers(), id);
  }

  /** The callers of many ids, in the same order for every rung. */
  private List<Key> manyIds() {
    List<Key> calls = new ArrayList<>();
    for (Key id : ids.subList(0, plan.ids())) {
      calls.addAll(Collections.nCopies(plan.callersPerId(), id));
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

  private Source<Key, Row> source(LookupSettings lookup) {
    return connections.source(lookup, StructForm.ofOne(row -> row));
  }
}
