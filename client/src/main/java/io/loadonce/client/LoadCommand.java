package io.loadonce.client;

import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code load}: many callers at once; prints what came of it. Exit code 1 if no call succeeded. */
@Command(
    name = "load",
    description = "Asks as many callers would, and prints latencies and counts.")
final class LoadCommand implements Callable<Integer> {

  /** Which ids a caller asks for. */
  enum Pick {
    /** The first of them, always. */
    hot,
    /** All of them, equally often. */
    uniform,
    /** The first ones most. */
    zipf
  }

  private final PrintWriter out;
  private final PrintWriter err;

  @Mixin private final ConnectionFlags flags = new ConnectionFlags();

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description = "The server's admin port; ${DEFAULT-VALUE} unless set.")
  private URI admin = URI.create("http://127.0.0.1:9090");

  @Option(
      names = "--ids",
      paramLabel = "A..B|A,B,C",
      description = "The ids, the hottest first; ${DEFAULT-VALUE} (Paris) unless set.")
  private String ids = "2988507";

  @Option(
      names = "--ids-file",
      paramLabel = "FILE",
      description = "The ids from a file: one a line, or the first column of a .csv with a header.")
  private @Nullable Path idsFile;

  @Option(
      names = "--pick",
      paramLabel = "HOW",
      description = "hot: the first id only; uniform; zipf. ${DEFAULT-VALUE} unless set.")
  private Pick pick = Pick.uniform;

  @Option(
      names = "--exponent",
      paramLabel = "X",
      description = "How skewed zipf is, more than 0 to 10; ${DEFAULT-VALUE} unless set.")
  private double exponent = 1;

  @Option(
      names = "--callers",
      paramLabel = "N",
      description = "Calls under way at once, 1 to 100000; ${DEFAULT-VALUE} unless set.")
  private int callers = 100;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "TCP connections, 1 to 1024; ${DEFAULT-VALUE} unless set.")
  private int connections = 2;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Ids a call, 1 to 1000; ${DEFAULT-VALUE} unless set.")
  private int batch = 1;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "How long, 100ms to 24h; 10s unless this or --count is set.")
  private @Nullable Duration duration;

  @Option(names = "--count", paramLabel = "N", description = "How many calls, in place of a time.")
  private @Nullable Long count;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      description = "Calls of this time at first are not counted, 0s to 1h; 2s unless set.")
  private Duration warmUp = Duration.ofSeconds(2);

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the order of ids; ${DEFAULT-VALUE} unless set.")
  private long seed = 1;

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Whether to print one JSON object instead of tables.")
  private boolean json;

  LoadCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws InterruptedException {
    LoadPlan plan = plan();
    // Retries would hide what the server answers, which is what a load test is to show.
    ClientSettings settings =
        flags
            .settings(/* attemptsUnlessSet= */ 1)
            .withConnections(connections)
            .withCallbacks(ClientSettings.Callbacks.EVENT_LOOP);
    ServerWork before = ServerWork.read(admin);
    LoadResult result = run(settings, plan);
    ServerWork work = ServerWork.read(admin).since(before);
    LoadReport report = new LoadReport(plan, connections, result, work);
    out.println(json ? report.json() : report.text());
    if (result.succeeded() > 0) {
      return 0;
    }
    err.println(
        result.calls() == 0
            ? "loadonce: no call was counted, for all of them began in the warm-up"
            : "loadonce: no call succeeded; of %d: %s"
                .formatted(result.calls(), result.statuses()));
    return ClientMain.FAILED;
  }

  private static LoadResult run(ClientSettings settings, LoadPlan plan)
      throws InterruptedException {
    try (ResourceClient client = ResourceClient.open(settings);
        Progress progress = Progress.start()) {
      return LoadRun.of(client, plan, progress::reached);
    }
  }

  private LoadPlan plan() {
    if (!"http".equals(admin.getScheme()) || admin.getHost() == null) {
      throw new IllegalArgumentException(
          "admin is '%s' but must be http://host:port".formatted(admin));
    }
    if (duration != null && count != null) {
      throw new IllegalArgumentException("--duration and --count are both set; set one of them");
    }
    List<String> pool = idsFile == null ? IdPool.parse(ids) : IdPool.read(idsFile);
    LoadPlan.Length length =
        count == null
            ? new LoadPlan.Length.Lasting(duration == null ? Duration.ofSeconds(10) : duration)
            : new LoadPlan.Length.Calls(count);
    return new LoadPlan(pool, choice(), callers, length, batch, warmUp, seed);
  }

  private IdChoice choice() {
    return switch (pick) {
      case hot -> new IdChoice.Hot();
      case uniform -> new IdChoice.Uniform();
      case zipf -> new IdChoice.Zipf(exponent);
    };
  }
}
