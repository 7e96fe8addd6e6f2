package io.loadonce.bench.speed.engine;

import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceQuery;
import io.loadonce.db.SourceRow;
import io.loadonce.server.request.EncodedResource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A source with a row for every id, which answers at once. */
final class InstantSource implements ResourceSource<ResourceId, EncodedResource> {

  /** About what a row of a handful of columns takes. */
  static final int VALUE_BYTES = 200;

  private static final int CONNECTIONS = 8;
  private static final int MAX_IDS_PER_QUERY = 256;

  /** What it has for an id: bytes of the value's own. */
  EncodedResource read(ResourceId id) {
    byte[] bytes = new byte[VALUE_BYTES];
    bytes[0] = (byte) id.text().charAt(0);
    return EncodedResource.copyOf(bytes);
  }

  @Override
  public SourceQuery<ResourceId, EncodedResource> query(List<ResourceId> ids) {
    return new SourceQuery<>() {
      @Override
      public Map<ResourceId, SourceRow<EncodedResource>> run() {
        Map<ResourceId, SourceRow<EncodedResource>> rows = HashMap.newHashMap(ids.size());
        for (ResourceId id : ids) {
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

  @Override
  public void close() {}
}
