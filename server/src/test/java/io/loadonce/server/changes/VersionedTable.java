package io.loadonce.server.changes;

import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.lookup.EncodedRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A table of ids and versions that can hold a load after it has read its row. */
final class VersionedTable implements Source<Key, EncodedRow> {

  private final Map<Key, Long> versions = new ConcurrentHashMap<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile CountDownLatch hasRead = new CountDownLatch(1);

  void put(String id, long version) {
    versions.put(Key.of(id), version);
  }

  /** Loads read from now on, and end when the returned latch is counted down. */
  CountDownLatch stall() {
    hasRead = new CountDownLatch(1);
    gate = new CountDownLatch(1);
    return gate;
  }

  /** Waits until a load has read. */
  void awaitRead() throws InterruptedException {
    hasRead.await();
  }

  @Override
  public SourceQuery<Key, EncodedRow> query(List<Key> ids) {
    return new SourceQuery<>() {
      @Override
      public Map<Key, SourceRow<EncodedRow>> run() throws SourceException {
        Map<Key, SourceRow<EncodedRow>> rows = new HashMap<>();
        for (Key id : ids) {
          Long version = versions.get(id);
          if (version != null) {
            Row row = new Row(id, version, com.google.protobuf.Struct.getDefaultInstance());
            rows.put(id, new SourceRow.Found<>(EncodedRow.of(row), version));
          }
        }
        CountDownLatch mine = gate;
        hasRead.countDown();
        try {
          mine.await();
        } catch (InterruptedException e) {
          throw new SourceException.Unavailable("interrupted", e);
        }
        return rows;
      }

      @Override
      public void cancel() {}
    };
  }

  @Override
  public int connections() {
    return 2;
  }

  @Override
  public int maxIdsPerQuery() {
    return 256;
  }
}
