package io.loadonce.commands;

import io.loadonce.client.ClientSettings;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ResourceClient;
import io.loadonce.commands.load.IdDistribution;
import io.loadonce.commands.load.IdPool;
import io.loadonce.commands.load.LoadPlan;
import io.loadonce.commands.load.LoadReport;
import io.loadonce.commands.load.LoadResult;
import io.loadonce.commands.load.LoadRun;
import io.loadonce.commands.load.Progress;
import io.loadonce.commands.load.ServerCounters;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code load}: a load test with many callers. Exit code 1 if no call has succeeded. */
@Command(
    name = "load",
    description = {
      "Runs a load test: many callers, each of which sends its next call when the last one has"
          + " ended. Prints latencies and counts.",
      "Exit code 0 if a call has succeeded, else 1."
    })
final class LoadCommand implements Callable<Integer> {

  /** The names of the id distributions. */
  enum Pick {
    /** The first id only. */
    hot,
    /** All ids equally often. */
    uniform,
    /** The first ids most. */
    zipf
  }

  private final PrintWriter out;
  private final PrintWriter err;

  @Mixin private final ConnectionFlags flags = new ConnectionFlags();

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description =
          "Admin port of the server, to print how many queries it ran during the test. Default:"
              + " ${DEFAULT-VALUE}.")
  private URI admin = URI.create("http://127.0.0.1:50080");

  @Option(
      names = "--ids",
      paramLabel = "A..B|A,B,C",
      description =
          "Ids to request, as a range or a list, the hottest first. Default: ${DEFAULT-VALUE}"
              + " (Paris).")
  private String ids = "2988507";

  @Option(
      names = "--ids-file",
      paramLabel = "FILE",
      description =
          "File of ids in place of --ids: one on each line, or the first column of a .csv with a"
              + " header.")
  private @Nullable Path idsFile;

  @Option(
      names = "--lookup",
      paramLabel = "NAME",
      description =
          "Lookup to read from; its key has one column. Default: the lookup called default, or the"
              + " only one of the server.")
  private String lookup = "";

  @Option(
      names = "--pick",
      paramLabel = "HOW",
      description =
          "How often each id is requested: hot (the first id only), uniform (all equally) or zipf"
              + " (the first ids most, like real traffic). Default: ${DEFAULT-VALUE}.")
  private Pick pick = Pick.uniform;

  @Option(
      names = "--exponent",
      paramLabel = "X",
      description =
          "Skew of zipf, more than 0 and at most 10; higher requests the first ids more. Default:"
              + " ${DEFAULT-VALUE}.")
  private double exponent = 1;

  @Option(
      names = "--callers",
      paramLabel = "N",
      description = "Number of calls under way at once, 1 to 100000. Default: ${DEFAULT-VALUE}.")
  private int callers = 100;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description =
          "Number of TCP connections that the callers share, 1 to 1024. Raise it if one core of"
              + " the server is busier than the others. Default: ${DEFAULT-VALUE}.")
  private int connections = 2;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Number of ids per call, 1 to 1000. Default: ${DEFAULT-VALUE}.")
  private int batch = 1;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "Length of the measurement, 100ms to 24h. Default: 10s, unless --count is set.")
  private @Nullable Duration duration;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Length of the measurement as a number of calls, in place of --duration.")
  private @Nullable Long count;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      description =
          "Time before the measurement in which calls are sent but not counted, 0s to 1h. Default:"
              + " 2s.")
  private Duration warmUp = Duration.ofSeconds(2);

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Seed of the random ids; the same seed requests the same ids again. Default:"
              + " ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Print one JSON object in place of tables. Default: false.")
  private boolean json;

  LoadCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws InterruptedException {
    LoadPlan plan = plan();
    // Retries would hide what the server answers, which is what a load test has to show.
    ClientSettings settings =
        flags.settings(/* defaultAttempts= */ 1).withCallbacks(ClientSettings.Callbacks.EVENT_LOOP);
    List<ResourceClient> clients =
        Stream.generate(() -> ResourceClient.open(settings)).limit(connections).toList();
    try {
      HealthCheck.statusOf(clients.getFirst(), "");
      return run(clients, plan, settings);
    } catch (LoadonceException e) {
      err.println("loadonce: %s: %s".formatted(settings.target(), e.getMessage()));
      return Main.FAILED;
    } finally {
      clients.forEach(ResourceClient::close);
    }
  }

  private int run(List<ResourceClient> clients, LoadPlan plan, ClientSettings settings)
      throws InterruptedException {
    ServerCounters before = ServerCounters.read(admin, settings);
    LoadResult result;
    try (Progress progress = Progress.start()) {
      result = LoadRun.of(clients, plan, progress::reached);
    }
    LoadReport report =
        new LoadReport(plan, result, ServerCounters.read(admin, settings).since(before));
    out.println(json ? report.json() : report.text());
    if (result.succeeded() > 0) {
      return 0;
    }
    err.println("loadonce: " + whyNoneSucceeded(result));
    return Main.FAILED;
  }

  private static String whyNoneSucceeded(LoadResult result) {
    return result.calls() == 0
        ? "no call was measured, because all calls started in the warm-up"
        : result.statuses().entrySet().stream()
            .map(status -> status.getValue() + " ended as " + status.getKey())
            .collect(Collectors.joining(", ", "no call succeeded: ", ""));
  }

  private LoadPlan plan() {
    if (!String.valueOf(admin.getScheme()).matches("https?") || admin.getHost() == null) {
      throw new IllegalArgumentException(
          "admin is '%s' but must be http://host:port or https://host:port".formatted(admin));
    }
    if (duration != null && count != null) {
      throw new IllegalArgumentException("--duration and --count are both set; set one of them");
    }
    List<String> pool = idsFile == null ? IdPool.parse(ids) : IdPool.read(idsFile);
    LoadPlan.Length length =
        count == null
            ? new LoadPlan.Length.Lasting(duration == null ? Duration.ofSeconds(10) : duration)
            : new LoadPlan.Length.Calls(count);
    return new LoadPlan(
        lookup, pool, distribution(), callers, connections, length, batch, warmUp, seed);
  }

  private IdDistribution distribution() {
    return switch (pick) {
      case hot -> new IdDistribution.Hot();
      case uniform -> new IdDistribution.Uniform();
      case zipf -> new IdDistribution.Zipf(exponent);
    };
  }
}
