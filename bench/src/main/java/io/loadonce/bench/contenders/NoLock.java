package io.loadonce.bench.contenders;

import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Cache-aside as it is written first: every caller that misses loads. */
public final class NoLock implements Contender {
  private final ConcurrentMap<Key, Row> memory = new ConcurrentHashMap<>();
  private final RowLoader loader;

  public NoLock(Source<Key, Row> source) {
    this.loader = new RowLoader(source);
  }

  @Override
  public Answer get(Key id) throws SourceException {
    Row hit = memory.get(id);
    if (hit != null) {
      return new Answer(hit, Way.MEMORY);
    }
    Row row = loader.load(id);
    memory.put(id, row);
    return new Answer(row, Way.QUERIED);
  }

  @Override
  public void invalidate(Key id) {
    memory.remove(id);
  }
}
