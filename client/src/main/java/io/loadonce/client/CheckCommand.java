package io.loadonce.client;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code check}: exit code 0 if the server takes calls, else 1 and one line. */
@Command(
    name = "check",
    description = "Asks whether the server takes calls; exit code 0 if so, else 1.")
final class CheckCommand implements Callable<Integer> {

  private final PrintWriter out;
  private final PrintWriter err;

  @Mixin private final ConnectionFlags flags = new ConnectionFlags();

  CheckCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    ClientSettings settings = flags.settings(/* attemptsUnlessSet= */ 1);
    try (ResourceClient client = ResourceClient.open(settings)) {
      ServingStatus status = client.health();
      if (status == ServingStatus.SERVING) {
        out.println(status);
        return 0;
      }
      err.println("loadonce: " + settings.target() + " is " + status);
      return ClientMain.FAILED;
    }
  }
}
