package io.loadonce.bench.ladder;

import io.loadonce.bench.contenders.Answer;
import io.loadonce.bench.contenders.Contender;
import io.loadonce.bench.contenders.NoLock;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;

/** Planted: a rung that says that it has queried once and has queried twice. */
final class TwoQueries implements Contender {
  static final Step STEP = Step.herd("planted: two queries", TwoQueries::new);

  private final Source<Key, Row> source;

  private TwoQueries(Source<Key, Row> source) {
    this.source = source;
  }

  @Override
  public Answer get(Key id) throws SourceException {
    Answer first = new NoLock(source).get(id);
    new NoLock(source).get(id);
    return first;
  }

  @Override
  public void invalidate(Key id) {}
}
