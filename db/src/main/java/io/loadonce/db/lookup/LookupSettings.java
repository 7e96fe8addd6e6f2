package io.loadonce.db.lookup;

import io.loadonce.db.InvalidSettingException;
import org.jspecify.annotations.Nullable;

/**
 * One lookup: the query that loads its rows, and the limits of a load. Validated and immutable.
 *
 * @param name the name of the lookup
 * @param query the query that selects rows by their ids
 * @param keyColumn the column of the result that holds the id
 * @param keyType the type of that column
 * @param versionColumn the column of the result that holds the version, null for none
 * @param maxIdsPerQuery ids in one statement, 1 to {@link SelectByIds#MAX_IDS}
 * @param maxRowBytes the largest row that is cached, in bytes of its encoded form
 */
public record LookupSettings(
    String name,
    SelectByIds query,
    String keyColumn,
    KeyType keyType,
    @Nullable String versionColumn,
    int maxIdsPerQuery,
    int maxRowBytes) {

  /** The name of the only lookup of a service that configures one lookup. */
  public static final String DEFAULT_NAME = "default";

  public static final int DEFAULT_ROW_BYTES = 1 << 20;
  public static final int MAX_ROW_BYTES = 64 << 20;

  /**
   * @throws InvalidSettingException if a value is out of its range
   */
  public LookupSettings {
    requireText("key-column", keyColumn);
    if (versionColumn != null) {
      requireText("version-column", versionColumn);
    }
    requireRange("max-ids-per-query", maxIdsPerQuery, SelectByIds.MAX_IDS);
    requireRange("max-row-bytes", maxRowBytes, MAX_ROW_BYTES);
  }

  /**
   * Returns the default lookup with this query: its key is the column {@code id}, a bigint, and
   * rows have no version.
   *
   * @throws InvalidSettingException if the query is not a {@link SelectByIds}
   */
  public static LookupSettings of(String query) {
    return new LookupSettings(
        DEFAULT_NAME,
        SelectByIds.parse(query),
        "id",
        KeyType.BIGINT,
        /* versionColumn= */ null,
        SelectByIds.MAX_IDS,
        DEFAULT_ROW_BYTES);
  }

  public LookupSettings withKey(String column, KeyType type) {
    return new LookupSettings(
        name, query, column, type, versionColumn, maxIdsPerQuery, maxRowBytes);
  }

  public LookupSettings withVersionColumn(@Nullable String column) {
    return new LookupSettings(name, query, keyColumn, keyType, column, maxIdsPerQuery, maxRowBytes);
  }

  public LookupSettings withMaxIdsPerQuery(int ids) {
    return new LookupSettings(name, query, keyColumn, keyType, versionColumn, ids, maxRowBytes);
  }

  public LookupSettings withMaxRowBytes(int bytes) {
    return new LookupSettings(
        name, query, keyColumn, keyType, versionColumn, maxIdsPerQuery, bytes);
  }

  private static void requireText(String key, String value) {
    if (value.isBlank()) {
      throw new InvalidSettingException(key, "must not be empty; name a column of the query");
    }
  }

  private static void requireRange(String key, int value, int max) {
    if (value < 1 || value > max) {
      throw new InvalidSettingException(key, "must be 1 to " + max + ", not " + value);
    }
  }
}
