package io.loadonce.db;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

/** What a database has said about its reads. Safe for use by many threads. */
final class ReadCounts {

  private final Map<String, Long> loadsPerId = new HashMap<>();
  private long queries;

  synchronized void add(Collection<String> ids) {
    queries++;
    for (String id : new HashSet<>(ids)) {
      loadsPerId.merge(id, 1L, Long::sum);
    }
  }

  synchronized long queries() {
    return queries;
  }

  synchronized Map<String, Long> loadsPerId() {
    return Map.copyOf(loadsPerId);
  }

  synchronized void reset() {
    queries = 0;
    loadsPerId.clear();
  }
}
