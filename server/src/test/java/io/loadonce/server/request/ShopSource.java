package io.loadonce.server.request;

import com.google.protobuf.Struct;
import com.google.protobuf.util.Values;
import io.loadonce.db.form.Row;
import io.loadonce.db.form.RowList;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.Rows;
import io.loadonce.db.lookup.SelectByIds;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.lookup.EncodedRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Three tables of a shop that have every row, apart from keys with the part {@code missing} or
 * {@code -1}. A row says which lookup it is of, and with which key it was loaded. A list has two
 * rows.
 *
 * @param queries the keys of each query that was run, of all lookups
 */
record ShopSource(LookupSettings lookup, Queue<List<Key>> queries)
    implements Source<Key, EncodedRow> {

  static final LookupSettings PRODUCT =
      LookupSettings.of("SELECT sku, name FROM product WHERE sku IN (:ids)")
          .withName("product")
          .withKey("sku", KeyType.TEXT);

  static final LookupSettings PRICE =
      LookupSettings.of(
              "SELECT tenant, sku, amount, version FROM price WHERE (tenant, sku) IN (:ids)")
          .withName("price")
          .withKey(
              new KeyColumns(
                  List.of(
                      new KeyColumn("tenant", KeyType.TEXT), new KeyColumn("sku", KeyType.TEXT))))
          .withVersionColumn("version");

  static final LookupSettings ORDER_LINES =
      LookupSettings.of("SELECT order_id, sku FROM order_line WHERE order_id IN (:ids)")
          .withName("order-lines")
          .withKey("order_id", KeyType.BIGINT)
          .withLists(1_000);

  static final long VERSION = 7;

  @Override
  public SourceQuery<Key, EncodedRow> query(List<Key> ids) {
    return new SourceQuery<>() {
      @Override
      public Map<Key, SourceRow<EncodedRow>> run() throws SourceException {
        queries.add(ids);
        Map<Key, SourceRow<EncodedRow>> rows = new HashMap<>();
        for (Key id : ids) {
          if (!id.parts().contains(Key.of("missing")) && !id.equals(Key.of(-1))) {
            rows.put(id, new SourceRow.Found<>(row(id), VERSION));
          }
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
    return SelectByIds.MAX_IDS;
  }

  private EncodedRow row(Key id) {
    Struct data =
        Struct.newBuilder()
            .putFields("lookup", Values.of(lookup.name()))
            .putFields("key", Values.of(id.text()))
            .build();
    return lookup.rows() == Rows.MANY
        ? EncodedRow.ofList(new RowList(id, 0, List.of(data.toByteString(), data.toByteString())))
        : EncodedRow.of(new Row(id, VERSION, data));
  }
}
