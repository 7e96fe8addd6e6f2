package io.loadonce.server.history;

import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A database behind a slow network: each query is delayed before it is sent, and each result before
 * it is returned. The delay of the statement itself lies between the two, after it has read.
 */
public record DelayedSource<K, V>(Source<K, V> source, Duration maxDelay) implements Source<K, V> {

  @Override
  public SourceQuery<K, V> query(List<K> ids) {
    SourceQuery<K, V> query = source.query(ids);
    return new SourceQuery<>() {
      @Override
      public Map<K, SourceRow<V>> run() throws SourceException {
        delay();
        Map<K, SourceRow<V>> rows = query.run();
        delay();
        return rows;
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

  /** Three of four queries are not delayed, so that they overtake the fourth. */
  private void delay() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    if (!maxDelay.isZero() && random.nextInt(4) == 0) {
      LockSupport.parkNanos(random.nextLong(maxDelay.toNanos()));
    }
  }
}
