package io.loadonce.server.lookup;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A source without a database that reads one id in each query, for tests. All versions are 1. */
public record OneIdSource(Rows rows) implements Source<Key, EncodedRow> {

  /** What the rows are. */
  @FunctionalInterface
  public interface Rows {
    Optional<EncodedRow> find(Key id) throws SourceException;
  }

  @Override
  public SourceQuery<Key, EncodedRow> query(List<Key> ids) {
    return new SourceQuery<>() {
      @Override
      public Map<Key, SourceRow<EncodedRow>> run() throws SourceException {
        Key id = ids.getFirst();
        return rows.find(id)
            .<Map<Key, SourceRow<EncodedRow>>>map(
                row -> Map.of(id, new SourceRow.Found<>(row, /* version= */ 1)))
            .orElse(Map.of());
      }

      @Override
      public void cancel() {}
    };
  }

  @Override
  public int connections() {
    return 1;
  }

  @Override
  public int maxIdsPerQuery() {
    return 1;
  }
}
