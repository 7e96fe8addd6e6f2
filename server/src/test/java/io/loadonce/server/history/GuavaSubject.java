package io.loadonce.server.history;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import io.loadonce.db.source.SourceException;
import java.util.concurrent.ExecutionException;

/** Guava used as its documentation says: it loads, callers invalidate. */
record GuavaSubject(DirectLoads loads, LoadingCache<Integer, Long> cache)
    implements HistorySubject {

  GuavaSubject(HistoryDatabase database) {
    this(new DirectLoads(database));
  }

  private GuavaSubject(DirectLoads loads) {
    this(
        loads,
        CacheBuilder.newBuilder()
            .maximumSize(10_000)
            .build(
                new CacheLoader<Integer, Long>() {
                  @Override
                  public Long load(Integer id) throws SourceException {
                    return loads.version(id);
                  }
                }));
  }

  @Override
  public Answer read(int id, long minVersion) {
    try {
      return new Answer.Row(cache.get(id));
    } catch (ExecutionException e) {
      return new Answer.NoAnswer(e.toString());
    }
  }

  @Override
  public void invalidate(int id) {
    cache.invalidate(id);
  }

  @Override
  public void close() {
    loads.close();
  }
}
