package io.loadonce.bench.contenders;

import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;

/**
 * Caffeine's {@code getAll}: it loads outside of any computation and puts the rows afterwards, so
 * that an invalidation does not wait for a load.
 */
public final class CaffeineGetAll implements Contender {
  private final LoadingCache<Key, Row> memory;

  public CaffeineGetAll(Source<Key, Row> source) {
    RowLoader loader = new RowLoader(source);
    this.memory = Caffeine.newBuilder().build(new Loader(loader));
  }

  @Override
  public Answer get(Key id) throws SourceException {
    Row hit = memory.getIfPresent(id);
    if (hit != null) {
      return new Answer(hit, Way.MEMORY);
    }
    try {
      return new Answer(Objects.requireNonNull(memory.getAll(Set.of(id)).get(id)), Way.QUERIED);
    } catch (CompletionException e) {
      throw RowLoader.reason(e);
    }
  }

  @Override
  public void invalidate(Key id) {
    memory.invalidate(id);
  }

  private static final class Loader implements CacheLoader<Key, Row> {
    private final RowLoader rows;

    Loader(RowLoader rows) {
      this.rows = rows;
    }

    @Override
    public Row load(Key id) throws SourceException {
      return rows.load(id);
    }

    @Override
    public Map<Key, Row> loadAll(Set<? extends Key> ids) throws SourceException {
      Map<Key, Row> loaded = new HashMap<>();
      for (Key id : ids) {
        loaded.put(id, rows.load(id));
      }
      return loaded;
    }
  }
}
