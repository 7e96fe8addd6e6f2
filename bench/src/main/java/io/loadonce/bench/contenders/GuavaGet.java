package io.loadonce.bench.contenders;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.util.concurrent.ExecutionException;

/** Guava's {@code LoadingCache}: it loads, callers invalidate. */
public final class GuavaGet implements Contender {
  private final LoadingCache<Key, Row> memory;

  public GuavaGet(Source<Key, Row> source) {
    RowLoader loader = new RowLoader(source);
    this.memory =
        CacheBuilder.newBuilder()
            .build(
                new CacheLoader<Key, Row>() {
                  @Override
                  public Row load(Key id) throws SourceException {
                    return loader.load(id);
                  }
                });
  }

  @Override
  public Answer get(Key id) throws SourceException {
    Row hit = memory.getIfPresent(id);
    if (hit != null) {
      return new Answer(hit, Way.MEMORY);
    }
    try {
      return new Answer(memory.get(id), Way.QUERIED);
    } catch (ExecutionException e) {
      throw RowLoader.reason(e);
    }
  }

  @Override
  public void invalidate(Key id) {
    memory.invalidate(id);
  }
}
