package io.loadonce.server.history;

import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.loadonce.db.source.SourceException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** Caffeine used as its documentation says: it loads, callers invalidate. */
record CaffeineSubject(DirectLoads loads, LoadingCache<Integer, Long> cache, Lookup lookup)
    implements HistorySubject {

  /** Which of its two lookups is used. */
  enum Lookup {
    /** One id, loaded inside an atomic computation, for which an invalidation waits. */
    GET,
    /** Several ids, loaded by one query outside of any computation, and put afterwards. */
    GET_ALL
  }

  private static final class Loader implements CacheLoader<Integer, Long> {
    private final DirectLoads loads;

    Loader(DirectLoads loads) {
      this.loads = loads;
    }

    @Override
    public Long load(Integer id) throws SourceException {
      return loads.version(id);
    }

    @Override
    public Map<Integer, Long> loadAll(Set<? extends Integer> ids) throws SourceException {
      return loads.versions(Set.copyOf(ids));
    }
  }

  CaffeineSubject(HistoryDatabase database, Lookup lookup) {
    this(new DirectLoads(database), lookup);
  }

  private CaffeineSubject(DirectLoads loads, Lookup lookup) {
    this(loads, Caffeine.newBuilder().maximumSize(10_000).build(new Loader(loads)), lookup);
  }

  @Override
  public Answer read(int id, long minVersion) {
    try {
      return switch (lookup) {
        case GET -> new Answer.Row(cache.get(id));
        case GET_ALL -> new Answer.Row(Objects.requireNonNull(cache.getAll(Set.of(id)).get(id)));
      };
    } catch (CompletionException e) {
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
