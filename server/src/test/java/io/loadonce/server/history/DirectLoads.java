package io.loadonce.server.history;

import io.loadonce.db.jdbc.JdbcSource;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads versions from the same database by the same delayed queries, without an engine. */
final class DirectLoads implements AutoCloseable {
  static final Duration MAX_DELAY = Variant.SLOW_LOADS.maxDelay();

  private final Source<Key, Long> source;

  DirectLoads(HistoryDatabase database) {
    source =
        new DelayedSource<>(
            JdbcSource.open(database.settings(MAX_DELAY), LoadOnceSubject::payload), MAX_DELAY);
  }

  long version(int id) throws SourceException {
    Long version = versions(Set.of(id)).get(id);
    if (version == null) {
      throw new IllegalStateException("no row " + id);
    }
    return version;
  }

  Map<Integer, Long> versions(Set<Integer> ids) throws SourceException {
    List<Key> keys = ids.stream().map(id -> new Key(id.toString())).toList();
    Map<Integer, Long> versions = new HashMap<>();
    source
        .query(keys)
        .run()
        .forEach(
            (key, row) -> {
              if (row instanceof SourceRow.Found<Long>(Long _, long version, long _)) {
                versions.put(Integer.valueOf(key.text()), version);
              }
            });
    return versions;
  }

  @Override
  public void close() {
    source.close();
  }
}
