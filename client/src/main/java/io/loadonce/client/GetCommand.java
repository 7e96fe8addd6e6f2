package io.loadonce.client;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetResponse;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code get ID…}: one JSON object a line for each row, in the order asked, on standard output; one
 * line for each id without a row on standard error. More than one id goes by BatchGet.
 */
@Command(
    name = "get",
    description = "Prints rows as JSON, one a line; exit code 4 if any id has no row.")
final class GetCommand implements Callable<Integer> {

  /** Exit code when the database has no row for some id and nothing worse happened. */
  static final int NOT_FOUND = 4;

  private final PrintWriter out;
  private final PrintWriter err;

  @Mixin private final ConnectionFlags flags = new ConnectionFlags();

  @Parameters(
      paramLabel = "ID",
      arity = "1..*",
      description = "What to look up; put -- before ids that begin with a dash.")
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
    }
  }

  private int one(ResourceClient client, String id) {
    try {
      GetResponse found = client.get(id);
      out.println(RowJson.line(found.getResource(), found.getInfo()));
      return 0;
    } catch (StatusRuntimeException e) {
      return report(id, Failure.of(e));
    }
  }

  private int many(ResourceClient client) {
    int exitCode = 0;
    for (int from = 0; from < ids.size(); from += ResourceClient.MAX_IDS_PER_CALL) {
      int to = Math.min(ids.size(), from + ResourceClient.MAX_IDS_PER_CALL);
      List<String> asked = ids.subList(from, to);
      List<BatchGetResult> results = client.batchGet(asked);
      for (int i = 0; i < results.size(); i++) {
        exitCode = worse(exitCode, print(asked.get(i), results.get(i)));
      }
    }
    return exitCode;
  }

  private int print(String id, BatchGetResult result) {
    if (result.hasStatus()) {
      return report(id, Failure.of(result.getStatus()));
    }
    out.println(RowJson.line(result.getResource(), result.getInfo()));
    return 0;
  }

  private int report(String id, Failure failure) {
    err.println(id + ": " + failure.line());
    return failure.code() == Code.NOT_FOUND ? NOT_FOUND : ClientMain.FAILED;
  }

  private static int worse(int one, int other) {
    if (one == ClientMain.FAILED || other == ClientMain.FAILED) {
      return ClientMain.FAILED;
    }
    return Math.max(one, other);
  }
}
