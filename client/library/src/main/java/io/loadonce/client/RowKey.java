package io.loadonce.client;

import java.util.List;

/**
 * Names one row, or one list of rows: a lookup, and the key in that lookup. Immutable.
 *
 * @param lookup the name of the lookup; empty for the one called {@code default}, or the only one
 *     of the server
 * @param parts one part for each column of the key, in the order that {@link
 *     ResourceClient#listLookups} shows; 1 or more
 */
public record RowKey(String lookup, List<String> parts) {

  /**
   * @throws IllegalArgumentException if there are no parts
   */
  public RowKey {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a key has one part for each of its columns, not none");
    }
  }

  /** Names a row of the lookup called {@code default}, or of the only one of the server. */
  public static RowKey of(String id) {
    return new RowKey("", List.of(id));
  }

  /**
   * Names a row of a lookup, such as {@code of("product", "4711")}; or {@code of("price", "acme",
   * "4711")}, if its key has two columns.
   *
   * @param part the first part of the key, or its only one
   */
  public static RowKey of(String lookup, String part, String... moreParts) {
    String[] parts = new String[1 + moreParts.length];
    parts[0] = part;
    System.arraycopy(moreParts, 0, parts, 1, moreParts.length);
    return new RowKey(lookup, List.of(parts));
  }

  /** The key in one text, for messages: {@code 4711}, or {@code (acme, 4711)}. */
  public String text() {
    return parts.size() == 1 ? parts.get(0) : "(" + String.join(", ", parts) + ")";
  }
}
