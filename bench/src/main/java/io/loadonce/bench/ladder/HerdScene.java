package io.loadonce.bench.ladder;

import io.loadonce.bench.contenders.Contender;
import io.loadonce.bench.ladder.Measured.Herd;
import io.loadonce.bench.ladder.database.LadderDatabase;
import io.loadonce.bench.ladder.database.LadderDatabase.Counts;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import java.time.Duration;
import java.util.List;

/** A crowd that calls a rung with an empty cache, and the queries that the database counts. */
final class HerdScene {

  /** The time after which a rung that has not answered all callers is stopped. */
  static final Duration LIMIT = Duration.ofSeconds(5);

  private final LadderDatabase database;
  private final Source<Key, Row> source;

  HerdScene(LadderDatabase database, Source<Key, Row> source) {
    this.database = database;
    this.source = source;
  }

  /**
   * @param calls the id of each caller
   */
  Herd run(Step step, List<Key> calls) throws InterruptedException {
    CutOffSource measured = new CutOffSource(source);
    try (Contender contender = step.contender().apply(measured)) {
      Counts before = database.counts();
      Crowd.Report report = new Crowd(contender, calls).run(measured, LIMIT, database::counts);
      int ids = (int) calls.stream().distinct().count();
      return new Herd(ids, report.counted().since(before), report);
    }
  }
}
