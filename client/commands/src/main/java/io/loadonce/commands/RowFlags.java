package io.loadonce.commands;

import io.loadonce.client.RowKey;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The ids and flags that name rows of one lookup. */
final class RowFlags {

  @Parameters(
      paramLabel = "ID",
      arity = "0..*",
      description =
          "Id of a row, for a key of one column. Put -- before ids that start with a dash.")
  private List<String> ids = List.of();

  @Option(
      names = "--lookup",
      paramLabel = "NAME",
      description =
          "Lookup of the rows, as the settings of the server name it. Default: the lookup called"
              + " default, or the only one of the server.")
  private String lookup = "";

  @Option(
      names = "--key",
      paramLabel = "PART",
      description =
          "One part of a key of several columns, in place of ids. Set it once for each column, in"
              + " the order of the columns: --key acme --key 4711.")
  private List<String> key = List.of();

  String lookup() {
    return lookup;
  }

  /** Returns whether there is neither an id nor a key. */
  boolean isEmpty() {
    return ids.isEmpty() && key.isEmpty();
  }

  /**
   * Returns the keys of the rows, at least one.
   *
   * @throws IllegalArgumentException with one line, if there is none, or ids and a key
   */
  List<RowKey> keys() {
    if (ids.isEmpty() == key.isEmpty()) {
      throw new IllegalArgumentException(
          ids.isEmpty()
              ? "there is no ID; name one or more ids, or one key with --key"
              : "there are both ids and --key; set --key for a key of several columns only");
    }
    return ids.isEmpty()
        ? List.of(new RowKey(lookup, key))
        : ids.stream().map(id -> RowKey.of(lookup, id)).toList();
  }
}
