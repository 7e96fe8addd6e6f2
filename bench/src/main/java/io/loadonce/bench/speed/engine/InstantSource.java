package io.loadonce.bench.speed.engine;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.lookup.EncodedRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A source with a row for every id, which answers at once. */
final class InstantSource implements Source<Key, EncodedRow> {

  /** About the size of a row with a few columns. */
  static final int VALUE_BYTES = 200;

  private static final int CONNECTIONS = 8;
  private static final int MAX_IDS_PER_QUERY = 256;

  /** The row of an id; each has its own bytes. */
  private static EncodedRow read(Key id) {
    byte[] bytes = new byte[VALUE_BYTES];
    bytes[0] = (byte) id.text().charAt(0);
    return EncodedRow.copyOf(bytes);
  }

  @Override
  public SourceQuery<Key, EncodedRow> query(List<Key> ids) {
    return new SourceQuery<>() {
      @Override
      public Map<Key, SourceRow<EncodedRow>> run() {
        Map<Key, SourceRow<EncodedRow>> rows = HashMap.newHashMap(ids.size());
        for (Key id : ids) {
          rows.put(id, new SourceRow.Found<>(read(id), /* version= */ 0));
        }
        return rows;
      }

      @Override
      public void cancel() {}
    };
  }

  @Override
  public int connections() {
    return CONNECTIONS;
  }

  @Override
  public int maxIdsPerQuery() {
    return MAX_IDS_PER_QUERY;
  }
}
