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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  @Mixin private final RowFlags rows = new RowFlags();

  @Option(
      names = "--max-age",
      paramLabel = "TIME",
      description =
          "The oldest row to accept, 0s or more: a row that the server read from the database"
              + " longer ago is loaded again. Default: any row that the server may serve.")
  private @Nullable Duration maxAge;

  @Option(
      names = "--min-version",
      paramLabel = "N",
      description =
          "The lowest version to accept, such as one that you have just written; the lookup needs a"
              + " version column. Default: any version.")
  private @Nullable Long minVersion;

  @Option(
      names = "--only-if-cached",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Read the cache of the server only: an id that is not cached fails, and the database is"
              + " not queried. Default: false.")
  private boolean onlyIfCached;

  @Option(
      names = "--affinity",
      paramLabel = "N",
      description =
          "Over how many instances the calls of one id are spread, 1 to 16, as a client with"
              + " affinity does; --target then names all instances, with commas between. Default:"
              + " 0, which sends all calls to one instance.")
  private int affinity;

  GetCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    ClientSettings settings =
        flags.settings(ClientSettings.DEFAULT_MAX_ATTEMPTS).withAffinity(affinity);
    List<RowKey> keys = rows.keys();
    try (ResourceClient client = ResourceClient.open(settings)) {
      return keys.size() == 1 ? one(client, keys.getFirst()) : many(client, keys);
    } catch (LoadonceException e) {
      err.println("loadonce: %s: %s".formatted(settings.target(), e.getMessage()));
      return Main.FAILED;
    }
  }

  private ReadOptions options() {
    return new ReadOptions(minVersion, maxAge, onlyIfCached);
  }

  /** By Get, which is retried while the server is unavailable; a batch reports that for each id. */
  private int one(ResourceClient client, RowKey row) {
    try {
      return print(client.get(row, options()));
    } catch (LoadonceException e) {
      if (e.reason().isEmpty()) {
        throw e;
      }
      return print(new BatchResult.Failed(row, e));
    }
  }

  private int many(ResourceClient client, List<RowKey> keys) {
    int exitCode = 0;
    int first = 0;
    if (affinity > 0) {
      // A batch is split by the instances that an earlier call has seen.
      exitCode = one(client, keys.getFirst());
      first = 1;
    }
    for (int from = first; from < keys.size(); from += ResourceClient.MAX_IDS_PER_CALL) {
      int to = Math.min(keys.size(), from + ResourceClient.MAX_IDS_PER_CALL);
      for (BatchResult result : client.batchGet(keys.subList(from, to), options())) {
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
