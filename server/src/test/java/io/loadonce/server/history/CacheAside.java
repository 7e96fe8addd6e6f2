package io.loadonce.server.history;

import io.loadonce.db.source.SourceException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Cache-aside without a lock: look, load, put; an invalidation removes the row. */
record CacheAside(DirectLoads loads, Map<Integer, Long> memory) implements HistorySubject {

  CacheAside(HistoryDatabase database) {
    this(new DirectLoads(database), new ConcurrentHashMap<>());
  }

  @Override
  public Answer read(int id, long minVersion) {
    Long kept = memory.get(id);
    if (kept != null) {
      return new Answer.Row(kept);
    }
    try {
      long version = loads.version(id);
      memory.put(id, version);
      return new Answer.Row(version);
    } catch (SourceException e) {
      return new Answer.NoAnswer(e.toString());
    }
  }

  @Override
  public void invalidate(int id) {
    memory.remove(id);
  }

  @Override
  public void close() {
    loads.close();
  }
}
