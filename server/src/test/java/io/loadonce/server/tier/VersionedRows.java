package io.loadonce.server.tier;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.lookup.EncodedRow;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A database that several instances query, which counts how often each id was queried. */
final class VersionedRows implements Source<Key, EncodedRow> {
  private static final long TIMEOUT_SECONDS = 10;

  private final Map<Key, Long> versions = new ConcurrentHashMap<>();
  private final Map<Key, AtomicInteger> queried = new ConcurrentHashMap<>();
  private final Semaphore arrived = new Semaphore(0);
  private volatile @Nullable CountDownLatch gate;
  private volatile @Nullable SourceException failure;
  private volatile int rowBytes = 20;

  /** Writes a version of a row. */
  void put(Key id, long version) {
    versions.put(id, version);
  }

  /** Makes rows as large as this. */
  void sized(int bytes) {
    rowBytes = bytes;
  }

  /** Queries that have read their rows wait from now on, until the latch is at zero. */
  CountDownLatch hold() {
    CountDownLatch latch = new CountDownLatch(1);
    gate = latch;
    return latch;
  }

  void holdNoMore() {
    gate = null;
  }

  /** Waits until a query has read its rows. */
  void awaitRead() throws InterruptedException {
    if (!arrived.tryAcquire(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("no query has come");
    }
  }

  void fail(@Nullable SourceException reason) {
    failure = reason;
  }

  int queries(Key id) {
    return queried.computeIfAbsent(id, _ -> new AtomicInteger()).get();
  }

  int queries() {
    return queried.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  @Override
  public SourceQuery<Key, EncodedRow> query(List<Key> ids) {
    return new SourceQuery<>() {
      @Override
      public Map<Key, SourceRow<EncodedRow>> run() throws SourceException {
        return read(ids);
      }

      @Override
      public void cancel() {}
    };
  }

  private Map<Key, SourceRow<EncodedRow>> read(List<Key> ids) throws SourceException {
    Map<Key, SourceRow<EncodedRow>> rows = new HashMap<>();
    for (Key id : ids) {
      queried.computeIfAbsent(id, _ -> new AtomicInteger()).getAndIncrement();
      Long version = versions.get(id);
      if (version != null) {
        byte[] text = "%s is %d ".formatted(id, version).getBytes(StandardCharsets.UTF_8);
        byte[] bytes = java.util.Arrays.copyOf(text, Math.max(text.length, rowBytes));
        rows.put(id, new SourceRow.Found<>(EncodedRow.copyOf(bytes), version));
      }
    }
    CountDownLatch latch = gate;
    arrived.release();
    try {
      if (latch != null && !latch.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the test holds the query for ever");
      }
    } catch (InterruptedException e) {
      throw new SourceException.QueryFailed("interrupted", e);
    }
    SourceException reason = failure;
    if (reason != null) {
      throw reason;
    }
    return rows;
  }

  @Override
  public int connections() {
    return 4;
  }

  @Override
  public int maxIdsPerQuery() {
    return 64;
  }
}
