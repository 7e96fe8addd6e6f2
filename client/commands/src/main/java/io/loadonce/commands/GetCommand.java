package io.loadonce.commands;

import io.loadonce.client.BatchResult;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.GetResult;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ReadOptions;
import io.loadonce.client.ResourceClient;
import io.loadonce.client.RowKey;
import io.loadonce.commands.text.RowJson;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code get ID…}: prints each row, or list of rows, as one JSON object on one line of standard
 * output, in the order of the ids, and one line of standard error for each id without a row.
 * Several ids are sent as batches.
 */
@Command(
    name = "get",
    description = {
      "Prints the rows of the given ids, or of one key, each as JSON on one line.",
      "Exit code 0 if all ids have a row, 4 if one is not found, 1 if one fails."
    })
final class GetCommand implements Callable<Integer> {

  /** Exit code if some id is not found and none has failed. */
  static final int NOT_FOUND = 4;

  private final PrintWriter out;
  private final PrintWriter err;

  @Mixin private final ConnectionFlags flags = new ConnectionFlags();

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
          "Lookup to read from, as the settings of the server name it. Default: the lookup called"
              + " default, or the only one of the server.")
  private String lookup = "";

  @Option(
      names = "--key",
      paramLabel = "PART",
      description =
          "One part of a key of several columns, in place of ids. Set it once for each column, in"
              + " the order of the columns: --key acme --key 4711.")
  private List<String> key = List.of();

  GetCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    ClientSettings settings = flags.settings(ClientSettings.DEFAULT_MAX_ATTEMPTS);
    List<RowKey> keys = keys();
    try (ResourceClient client = ResourceClient.open(settings)) {
      return keys.size() == 1 ? one(client, keys.getFirst()) : many(client, keys);
    } catch (LoadonceException e) {
      err.println("loadonce: %s: %s".formatted(settings.target(), e.getMessage()));
      return Main.FAILED;
    }
  }

  private List<RowKey> keys() {
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

  /** By Get, which is retried while the server is unavailable; a batch reports that for each id. */
  private int one(ResourceClient client, RowKey row) {
    try {
      return print(client.get(row, ReadOptions.NONE));
    } catch (LoadonceException e) {
      if (e.reason().isEmpty()) {
        throw e;
      }
      return print(new BatchResult.Failed(row, e));
    }
  }

  private int many(ResourceClient client, List<RowKey> rows) {
    int exitCode = 0;
    for (int from = 0; from < rows.size(); from += ResourceClient.MAX_IDS_PER_CALL) {
      int to = Math.min(rows.size(), from + ResourceClient.MAX_IDS_PER_CALL);
      for (BatchResult result : client.batchGet(rows.subList(from, to), ReadOptions.NONE)) {
        exitCode = worse(exitCode, print(result));
      }
    }
    return exitCode;
  }

  private int print(BatchResult result) {
    return switch (result) {
      case GetResult.Found row -> {
        out.println(RowJson.line(row));
        yield 0;
      }
      case GetResult.FoundList list -> {
        out.println(RowJson.line(list));
        yield 0;
      }
      case GetResult.NotFound none -> {
        err.println(none.id() + ": not found");
        yield NOT_FOUND;
      }
      case BatchResult.Failed failed -> {
        err.println(failed.id() + ": " + failed.failure().getMessage());
        yield Main.FAILED;
      }
    };
  }

  private static int worse(int one, int other) {
    if (one == Main.FAILED || other == Main.FAILED) {
      return Main.FAILED;
    }
    return Math.max(one, other);
  }
}
