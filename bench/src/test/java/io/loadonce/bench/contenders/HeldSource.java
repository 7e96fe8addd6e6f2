package io.loadonce.bench.contenders;

import com.google.protobuf.Struct;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A source whose queries are under way until the test ends them, one by one. */
final class HeldSource implements Source<Key, Row> {
  private final BlockingQueue<Held> begun = new LinkedBlockingQueue<>();

  /** A query under way, its version once it has ended, or null if it was failed. */
  record Held(CompletableFuture<@Nullable Long> version) {
    void answer(long version) {
      this.version.complete(version);
    }

    void fail() {
      version.complete(null);
    }
  }

  /** Waits for the next query to begin. */
  Held awaitQuery() throws InterruptedException {
    Held held = begun.poll(10, TimeUnit.SECONDS);
    if (held == null) {
      throw new AssertionError("no query has begun");
    }
    return held;
  }

  /** Whether a query has begun that the test has not been given. */
  boolean hasAnother() {
    return !begun.isEmpty();
  }

  @Override
  public SourceQuery<Key, Row> query(List<Key> ids) {
    return new SourceQuery<>() {
      @Override
      public Map<Key, SourceRow<Row>> run() throws SourceException {
        Held held = new Held(new CompletableFuture<>());
        begun.add(held);
        Long version = held.version().join();
        if (version == null) {
          throw new SourceException.QueryFailed("planted failure", /* cause= */ null);
        }
        Key id = ids.getFirst();
        Row row = new Row(id, version, Struct.getDefaultInstance());
        return Map.of(id, new SourceRow.Found<>(row, version));
      }

      @Override
      public void cancel() {}
    };
  }

  @Override
  public int connections() {
    return 8;
  }

  @Override
  public int maxIdsPerQuery() {
    return 1;
  }
}
