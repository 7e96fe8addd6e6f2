package io.loadonce.bench.ladder;

import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceException;
import io.loadonce.db.SourceQuery;
import io.loadonce.db.SourceRow;
import java.util.List;
import java.util.Map;

/**
 * A source that can be cut off: from then on queries fail at once and do not reach the database, so
 * that callers that stand in line are gone in no time. Closing it closes nothing.
 */
final class CutOffSource implements ResourceSource<ResourceId, Resource> {
  private final ResourceSource<ResourceId, Resource> source;
  private volatile boolean cut;

  CutOffSource(ResourceSource<ResourceId, Resource> source) {
    this.source = source;
  }

  /** Lets no query pass any more; those under way go on. */
  void cutOff() {
    cut = true;
  }

  @Override
  public SourceQuery<ResourceId, Resource> query(List<ResourceId> ids) {
    SourceQuery<ResourceId, Resource> query = source.query(ids);
    return new SourceQuery<>() {
      @Override
      public Map<ResourceId, SourceRow<Resource>> run() throws SourceException {
        if (cut) {
          throw new SourceException.Unavailable("the scene is over", /* cause= */ null);
        }
        return query.run();
      }

      @Override
      public void cancel() {
        query.cancel();
      }
    };
  }

  @Override
  public int connections() {
    return source.connections();
  }

  @Override
  public int maxIdsPerQuery() {
    return source.maxIdsPerQuery();
  }

  @Override
  public void close() {}
}
