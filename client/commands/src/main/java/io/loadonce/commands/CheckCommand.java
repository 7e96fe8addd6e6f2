package io.loadonce.commands;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ResourceClient;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code check}: exit code 0 if the server accepts calls, else 1 and one line that says why. */
@Command(
    name = "check",
    description = "Checks whether the server accepts calls. Exit code 0 if it does, else 1.")
final class CheckCommand implements Callable<Integer> {

  private final PrintWriter out;
  private final PrintWriter err;

  @Mixin private final ConnectionFlags flags = new ConnectionFlags();

  @Option(
      names = "--lookup",
      paramLabel = "NAME",
      description = "Lookup to check, alone. Default: the server as a whole.")
  private String lookup = "";

  CheckCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    ClientSettings settings = flags.settings(/* defaultAttempts= */ 1);
    try (ResourceClient client = ResourceClient.open(settings)) {
      ServingStatus status =
          HealthCheck.statusOf(client, lookup.isEmpty() ? "" : "lookup/" + lookup);
      if (status == ServingStatus.SERVING) {
        out.println(status);
        return 0;
      }
      err.println("loadonce: %s does not accept calls: %s".formatted(settings.target(), status));
    } catch (LoadonceException e) {
      err.println("loadonce: %s: %s".formatted(settings.target(), e.getMessage()));
    }
    return Main.FAILED;
  }
}
