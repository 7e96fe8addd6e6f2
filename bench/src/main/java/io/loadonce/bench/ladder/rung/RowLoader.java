package io.loadonce.bench.ladder.rung;

import io.loadonce.db.Resource;
import io.loadonce.db.ResourceId;
import io.loadonce.db.ResourceSource;
import io.loadonce.db.SourceException;
import io.loadonce.db.SourceRow;
import java.util.List;

/** One query for one row, as the articles' classes ask for it. Safe for use by many threads. */
final class RowLoader {
  private final ResourceSource<ResourceId, Resource> source;

  RowLoader(ResourceSource<ResourceId, Resource> source) {
    this.source = source;
  }

  /** Blocks until the database has answered. */
  Resource load(ResourceId id) throws SourceException {
    return switch (source.query(List.of(id)).run().get(id)) {
      case SourceRow.Found<Resource> found -> found.value();
      case SourceRow.Unusable<Resource> unusable -> throw unusable.reason();
      case null -> throw absent();
    };
  }

  /** The ladder climbs on rows that are there. */
  static SourceException absent() {
    return new SourceException.InvalidRow("there is no row for this id");
  }
}
