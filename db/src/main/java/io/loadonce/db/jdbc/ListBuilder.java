package io.loadonce.db.jdbc;

import com.google.protobuf.ByteString;
import io.loadonce.db.form.RowShape;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the rows of one id, whose query returns a list. A list with a problem keeps no row. */
final class ListBuilder<V> {

  private final LookupSettings lookup;
  private final List<ByteString> rows = new ArrayList<>();
  private long bytes;
  private long version;
  private @Nullable SourceException problem;

  ListBuilder(LookupSettings lookup) {
    this.lookup = lookup;
  }

  void add(RowShape.EncodedColumns row) {
    if (problem != null) {
      return;
    }
    bytes += row.columns().size();
    if (rows.size() == lookup.maxRows()) {
      fail("the id has more than %d rows; raise max-rows".formatted(lookup.maxRows()));
    } else if (bytes > lookup.maxRowBytes()) {
      fail("the rows of the id have more than %d bytes".formatted(lookup.maxRowBytes()));
    } else if (!rows.isEmpty() && row.version() != version) {
      fail(
          "the rows of the id have the versions %d and %d; name a version column that all rows of"
                  .formatted(version, row.version())
              + " an id share, such as that of the parent");
    } else {
      version = row.version();
      rows.add(row.columns());
    }
  }

  /** Makes the list unusable, because a row of it is. */
  void fail(SourceException reason) {
    problem = reason;
    rows.clear();
  }

  SourceRow<V> build(Key id, RowShape<V> shape) {
    return problem == null ? shape.many(id, version, rows) : new SourceRow.Unusable<>(problem);
  }

  private void fail(String reason) {
    fail(new SourceException.InvalidRow(reason));
  }
}
