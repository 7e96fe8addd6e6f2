package io.loadonce.client;

import com.google.protobuf.Struct;
import io.loadonce.v1.LookupInfo.Source;
import java.time.Duration;
import java.util.List;

/** What the database has for one key: a row, a list of rows, or no row. */
public sealed interface GetResult extends BatchResult {

  /**
   * The database has a row for the key.
   *
   * @param key in the canonical form of its types, such as {@code 7} for {@code 007}
   * @param version the value of the version column; 0 if the lookup has none configured
   * @param data the columns of the row by name; the contract says how SQL types become JSON
   * @param source where the answer came from: the server's cache, a load, or a stale row
   * @param age how long ago the server read the row from the database; zero or more
   */
  record Found(RowKey key, long version, Struct data, Source source, Duration age)
      implements GetResult {}

  /**
   * The lookup returns lists, and this is the list of the key. It may be empty.
   *
   * @param key in the canonical form of its types
   * @param version the version that all rows share; 0 if the lookup has no version column, or the
   *     list is empty
   * @param rows each with its columns by name, in the order of the query
   * @param source as in {@link Found}
   * @param age as in {@link Found}
   */
  record FoundList(RowKey key, long version, List<Struct> rows, Source source, Duration age)
      implements GetResult {}

  /**
   * The database has no row for the key, and the lookup does not return lists.
   *
   * @param key the key as it was requested
   */
  record NotFound(RowKey key) implements GetResult {}
}
