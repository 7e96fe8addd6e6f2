package io.loadonce.bench.contenders;

import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.util.List;

/** Loads one row with one query, for the rungs of the articles. Safe for use by many threads. */
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
      case null -> throw absent();
    };
  }

  /** The scenes use only ids that have a row. */
  static SourceException absent() {
    return new SourceException.InvalidRow("there is no row for this id");
  }
}
