package io.loadonce.bench.contenders;

import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.util.List;

/** One query for one row, as the articles' classes ask for it. Safe for use by many threads. */
final class RowLoader {
  private final Source<Key, Row> source;

  RowLoader(Source<Key, Row> source) {
    this.source = source;
  }

  /** Blocks until the database has answered. */
  Row load(Key id) throws SourceException {
    return switch (source.query(List.of(id)).run().get(id)) {
      case SourceRow.Found<Row> found -> found.value();
      case SourceRow.Unusable<Row> unusable -> throw unusable.reason();
      case SourceRow.NotRead<Row> _ -> throw new IllegalStateException("one id always fits");
      case null -> throw absent();
    };
  }

  /** The failure of a load that a library's cache has wrapped. */
  static SourceException reason(Exception wrapper) {
    return wrapper.getCause() instanceof SourceException failure
        ? failure
        : new SourceException.QueryFailed("the load failed", wrapper);
  }

  /** The ladder climbs on rows that are there. */
  static SourceException absent() {
    return new SourceException.InvalidRow("there is no row for this id");
  }
}
