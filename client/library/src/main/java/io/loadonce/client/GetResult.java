package io.loadonce.client;

import com.google.protobuf.Struct;
import io.loadonce.v1.LookupInfo.Source;
import java.time.Duration;

/** What the database has for one id: a row, or none. */
public sealed interface GetResult extends BatchResult {

  /**
   * The database has a row for the id.
   *
   * @param id the key of the row in the canonical form of its type, such as {@code 7} for {@code
   *     007}
   * @param version the value of the version column; 0 if the server has none configured
   * @param data the columns of the row by name; the contract says how SQL types become JSON
   * @param source where the answer came from: the server's memory, a load, or a stale row
   * @param age how long ago the server read the row from the database; zero or more
   */
  record Found(String id, long version, Struct data, Source source, Duration age)
      implements GetResult {}

  /**
   * The database has no row for the id.
   *
   * @param id the id as it was requested
   */
  record NotFound(String id) implements GetResult {}
}
