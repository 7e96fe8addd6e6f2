package io.loadonce.bench.ladder;

import io.loadonce.bench.ladder.rung.Answer;
import io.loadonce.bench.ladder.rung.NoLock;
import io.loadonce.bench.ladder.rung.Rung;
import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceException;

/** Planted: a rung that says that it has queried once and has queried twice. */
final class TwoQueries implements Rung {
  static final Step STEP = Step.herd("planted: two queries", TwoQueries::new);

  private final ResourceSource<ResourceId, Resource> source;

  private TwoQueries(ResourceSource<ResourceId, Resource> source) {
    this.source = source;
  }

  @Override
  public Answer get(ResourceId id) throws SourceException {
    Answer first = new NoLock(source).get(id);
    new NoLock(source).get(id);
    return first;
  }

  @Override
  public void invalidate(ResourceId id) {}
}
