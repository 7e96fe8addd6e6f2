package io.loadonce.db.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.loadonce.db.OneLookup;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Loads the rows of {@link TypeCases} in all ways over one connection, and compares them. */
final class LoadedRow {

  private static final String QUERY = "SELECT * FROM every_type WHERE id IN (:ids)";

  /** The driver of PostgreSQL receives some types in binary from the sixth load of a connection. */
  private static final int LOADS = 8;

  private static final Key VALUES = Key.of("1");
  private static final Key NULLS = Key.of("2");
  private static final Key VALUES_AGAIN = Key.of("3");

  private LoadedRow() {}

  /** Returns the row of the values, which had the same bytes at every load. */
  static Struct of(OneLookup lookup) throws SourceException {
    try (var source = lookup.withPoolSize(1).open()) {
      Row values = row(source.query(List.of(VALUES)).run(), VALUES);
      Row nulls = row(source.query(List.of(NULLS)).run(), NULLS);
      assertThat(withoutId(nulls).getFieldsMap().values())
          .allSatisfy(value -> assertThat(value.hasNullValue()).isTrue());
      for (int i = 1; i < LOADS; i++) {
        assertSame(row(source.query(List.of(VALUES)).run(), VALUES), values, "alone", i);
        var batch = source.query(List.of(NULLS, VALUES_AGAIN, VALUES)).run();
        assertSame(row(batch, VALUES), values, "in a batch", i);
        assertSame(row(batch, NULLS), nulls, "nulls in a batch", i);
        assertThat(withoutId(row(batch, VALUES_AGAIN))).isEqualTo(withoutId(values));
      }
      return withoutId(values);
    }
  }

  static String query() {
    return QUERY;
  }

  private static void assertSame(Row row, Row expected, String how, int load) {
    assertThat(row.data()).as("%s, load %d", how, load).isEqualTo(expected.data());
    assertThat(row.encodedData()).as("%s, load %d", how, load).isEqualTo(expected.encodedData());
  }

  private static Struct withoutId(Row row) {
    return row.data().toBuilder().removeFields("id").build();
  }

  private static Row row(Map<Key, @Nullable SourceRow<Row>> rows, Key id) throws SourceException {
    return switch (rows.get(id)) {
      case SourceRow.Found<Row>(Row row, long _, long _) -> row;
      case SourceRow.Unusable<Row>(SourceException reason) -> throw reason;
      case SourceRow.NotRead<Row> notRead -> throw new AssertionError(notRead);
      case null -> throw new AssertionError("no row " + id);
    };
  }
}
