package io.loadonce.server.fresh;

import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceException;
import io.loadonce.db.SourceQuery;
import io.loadonce.db.SourceRow;
import io.loadonce.server.request.EncodedResource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A table of ids and versions, which can be told to keep a load that has read from ending. */
final class VersionTable implements ResourceSource<ResourceId, EncodedResource> {

  private final Map<ResourceId, Long> versions = new ConcurrentHashMap<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile CountDownLatch hasRead = new CountDownLatch(1);

  void put(String id, long version) {
    versions.put(new ResourceId(id), version);
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
  public SourceQuery<ResourceId, EncodedResource> query(List<ResourceId> ids) {
    return new SourceQuery<>() {
      @Override
      public Map<ResourceId, SourceRow<EncodedResource>> run() throws SourceException {
        Map<ResourceId, SourceRow<EncodedResource>> rows = new HashMap<>();
        for (ResourceId id : ids) {
          Long version = versions.get(id);
          if (version != null) {
            Resource row =
                new Resource(id, version, com.google.protobuf.Struct.getDefaultInstance());
            rows.put(id, new SourceRow.Found<>(EncodedResource.of(row), version));
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

  @Override
  public void close() {}
}
