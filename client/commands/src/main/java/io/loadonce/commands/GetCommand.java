package io.loadonce.commands;

import io.loadonce.client.BatchResult;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.GetResult;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ResourceClient;
import io.loadonce.commands.text.RowJson;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code get ID…}: prints each row as one JSON object on one line of standard output, in the order
 * of the ids, and one line of standard error for each id without a row. Several ids are sent as
 * batches.
 */
@Command(
    name = "get",
    description = {
      "Prints the rows of the given ids, each as JSON on one line.",
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
      arity = "1..*",
      description = "Key of a row. Put -- before ids that start with a dash.")
  private List<String> ids = List.of();

  GetCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    ClientSettings settings = flags.settings(ClientSettings.DEFAULT_MAX_ATTEMPTS);
    try (ResourceClient client = ResourceClient.open(settings)) {
      return ids.size() == 1 ? one(client, ids.getFirst()) : many(client);
    } catch (LoadonceException e) {
      err.println("loadonce: %s: %s".formatted(settings.target(), e.getMessage()));
      return Main.FAILED;
    }
  }

  /** By Get, which is retried while the server is unavailable; a batch reports that for each id. */
  private int one(ResourceClient client, String id) {
    try {
      return print(client.get(id));
    } catch (LoadonceException e) {
      if (e.reason().isEmpty()) {
        throw e;
      }
      return print(new BatchResult.Failed(id, e));
    }
  }

  private int many(ResourceClient client) {
    int exitCode = 0;
    for (int from = 0; from < ids.size(); from += ResourceClient.MAX_IDS_PER_CALL) {
      int to = Math.min(ids.size(), from + ResourceClient.MAX_IDS_PER_CALL);
      for (BatchResult result : client.batchGet(ids.subList(from, to))) {
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
      case GetResult.NotFound(String id) -> {
        err.println(id + ": not found");
        yield NOT_FOUND;
      }
      case BatchResult.Failed(String id, LoadonceException failure) -> {
        err.println(id + ": " + failure.getMessage());
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
