package io.loadonce.bench.contenders;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;

/**
 * Caffeine's own {@code get(key, loader)}: atomic for each key. An invalidation waits for the load
 * that is under way; a load that fails is tried again by each caller that waited for it.
 */
public final class CaffeineGet implements Contender {
  private final Cache<Key, Row> memory = Caffeine.newBuilder().build();
  private final RowLoader loader;

  public CaffeineGet(Source<Key, Row> source) {
    this.loader = new RowLoader(source);
  }

  @Override
  public Answer get(Key id) throws SourceException {
    Row hit = memory.getIfPresent(id);
    if (hit != null) {
      return new Answer(hit, Way.MEMORY);
    }
    boolean[] queried = new boolean[1];
    try {
      Row row =
          memory.get(
              id,
              missed -> {
                queried[0] = true;
                return load(missed);
              });
      return new Answer(row, queried[0] ? Way.QUERIED : Way.WAITED);
    } catch (LoadFailure e) {
      throw e.reason;
    }
  }

  @Override
  public void invalidate(Key id) {
    memory.invalidate(id);
  }

  private Row load(Key id) {
    try {
      return loader.load(id);
    } catch (SourceException e) {
      throw new LoadFailure(e);
    }
  }

  /** Wraps an exception that a loader of Caffeine must not throw. */
  private static final class LoadFailure extends RuntimeException {
    private final SourceException reason;

    LoadFailure(SourceException reason) {
      super(reason);
      this.reason = reason;
    }
  }
}
