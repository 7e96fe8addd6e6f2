package io.loadonce.bench.ladder;

import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A source that can be cut off: queries that wait or run are cancelled, and from then on each fails
 * at once without reaching the database, so that the callers that are queued end quickly. Closing
 * it closes nothing.
 */
final class CutOffSource implements Source<Key, Row> {
  private final Source<Key, Row> source;
  private final Set<SourceQuery<Key, Row>> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  CutOffSource(Source<Key, Row> source) {
    this.source = source;
  }

  /** Cancels every query; blocks until each cancellation has been sent. */
  void cutOff() {
    cut = true;
    underWay.forEach(SourceQuery::cancel);
  }

  /** How many queries wait for a connection or run; a snapshot. */
  int underWay() {
    return underWay.size();
  }

  @Override
  public SourceQuery<Key, Row> query(List<Key> ids) {
    return new CutOffQuery(source.query(ids));
  }

  @Override
  public int connections() {
    return source.connections();
  }

  @Override
  public int maxIdsPerQuery() {
    return source.maxIdsPerQuery();
  }

  private final class CutOffQuery implements SourceQuery<Key, Row> {
    private final SourceQuery<Key, Row> query;

    CutOffQuery(SourceQuery<Key, Row> query) {
      this.query = query;
    }

    /** Registers first and looks then: a cut that comes between finds it. */
    @Override
    public Map<Key, SourceRow<Row>> run() throws SourceException {
      underWay.add(query);
      try {
        if (cut) {
          throw new SourceException.Unavailable("the scene is over", /* cause= */ null);
        }
        return query.run();
      } finally {
        underWay.remove(query);
      }
    }

    @Override
    public void cancel() {
      query.cancel();
    }
  }
}
