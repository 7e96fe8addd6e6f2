package io.loadonce.commands;

import io.grpc.Status;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ResourceClient;
import io.loadonce.commands.load.IdDistribution;
import io.loadonce.commands.load.IdPool;
import io.loadonce.commands.load.LoadPlan;
import io.loadonce.commands.load.LoadReport;
import io.loadonce.commands.load.LoadResult;
import io.loadonce.commands.load.LoadRun;
import io.loadonce.commands.load.Rates;
import io.loadonce.commands.load.RatesText;
import io.loadonce.commands.load.ServerCounters;
import io.loadonce.commands.load.Threshold;
import io.loadonce.commands.load.record.RunRecord;
import io.loadonce.commands.load.report.Outputs;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code load}: a load test with many callers. Exit code 1 if most calls have failed. */
@Command(
    name = "load",
    description = {
      "Runs a load test: many callers, each of which sends its next call when the last one has"
          + " ended. Prints latencies and counts.",
      "Exit code 0; 1 if no call or fewer than half of the calls have succeeded; 2 if a flag is"
          + " wrong; 3 if a --fail-if is true."
    })
final class LoadCommand implements Callable<Integer> {

  private static final int THRESHOLD_MISSED = 3;

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
  @Mixin private final ReportFlags reports = new ReportFlags();

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
      names = "--rate",
      paramLabel = "N/s",
      description =
          "Calls that are due in a second, such as 5000/s, whatever the server does; latency counts"
              + " from the moment a call was due. --callers limits the calls under way: calls that"
              + " were due and not sent are counted. Default: each caller sends its next call when"
              + " the last one has ended.")
  private @Nullable String rate;

  @Option(
      names = "--plan",
      paramLabel = "STEPS",
      description =
          "Rates that change, in place of --rate and --duration, such as '1000/s for 10s, ramp to"
              + " 8000/s over 30s, 8000/s for 20s'. A ramp begins at the rate of the step before."
              + " The warm-up has the mean rate of the first step.")
  private @Nullable String steps;

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
      names = "--warm-up",
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
      names = "--fail-if",
      paramLabel = "THRESHOLD",
      description =
          "Exit with code 3 if it is true, such as 'p99 > 20ms', 'errors > 0.1%%' or 'queries > 1'."
              + " Can be repeated. Values: p50, p90, p99, p99.9 and max of the calls that"
              + " succeeded; errors, the share of the calls that failed; calls_per_second, of those"
              + " that succeeded; queries and queries_per_call, by the admin port, warm-up"
              + " included. A value that is not known fails. Default: no threshold.")
  private List<String> failIf = List.of();

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
    List<Threshold> thresholds = failIf.stream().map(Threshold::parse).toList();
    Outputs outputs = reports.outputs();
    // Retries would hide what the server answers, which is what a load test has to show.
    ClientSettings settings =
        flags.settings(/* defaultAttempts= */ 1).withCallbacks(ClientSettings.Callbacks.EVENT_LOOP);
    List<ResourceClient> clients =
        Stream.generate(() -> ResourceClient.open(settings)).limit(connections).toList();
    try {
      HealthCheck.statusOf(clients.getFirst(), "");
      LiveReports live = reports.start(admin, settings);
      LoadReport report = run(clients, plan, settings, live);
      List<RunRecord.Threshold> judged =
          thresholds.stream().map(each -> each.judge(report)).toList();
      out.println(json ? report.json() : report.text());
      int exitCode = exitCode(report, judged);
      outputs.write(reports.record(report, judged, live, settings.target()));
      return exitCode;
    } catch (LoadonceException e) {
      err.println("loadonce: %s: %s".formatted(settings.target(), e.getMessage()));
      return Main.FAILED;
    } finally {
      clients.forEach(ResourceClient::close);
    }
  }

  private LoadReport run(
      List<ResourceClient> clients, LoadPlan plan, ClientSettings settings, LiveReports live)
      throws InterruptedException {
    ServerCounters before = ServerCounters.read(admin, settings);
    LoadResult result;
    try (live) {
      result = LoadRun.of(clients, plan, live::reached, live.series());
    }
    return new LoadReport(plan, result, ServerCounters.read(admin, settings).since(before));
  }

  /** Says on standard error which calls failed and which thresholds were missed. */
  private int exitCode(LoadReport report, List<RunRecord.Threshold> thresholds) {
    LoadResult result = report.result();
    if (result.calls() == 0) {
      err.println("loadonce: no call was measured, because all calls started in the warm-up");
      return Main.FAILED;
    }
    if (result.failed() > 0) {
      err.println("loadonce: " + whatFailed(result));
    }
    List<String> missed =
        thresholds.stream().flatMap(each -> Stream.ofNullable(each.missed())).toList();
    missed.forEach(each -> err.println("loadonce: the load test fails by --fail-if " + each));
    if (!missed.isEmpty()) {
      return THRESHOLD_MISSED;
    }
    return result.succeeded() * 2 < result.calls() || result.succeeded() == 0 ? Main.FAILED : 0;
  }

  private static String whatFailed(LoadResult result) {
    String share =
        result.succeeded() == 0
            ? "no call succeeded: "
            : String.format(
                Locale.ROOT,
                "%.1f %% of the calls failed: ",
                100.0 * result.failed() / result.calls());
    return result.statuses().entrySet().stream()
        .filter(status -> status.getKey() != Status.Code.OK)
        .map(status -> status.getValue() + " ended as " + status.getKey())
        .collect(Collectors.joining(", ", share, ""));
  }

  private LoadPlan plan() {
    if (!String.valueOf(admin.getScheme()).matches("https?") || admin.getHost() == null) {
      throw new IllegalArgumentException(
          "admin is '%s' but must be http://host:port or https://host:port".formatted(admin));
    }
    if (duration != null && count != null) {
      throw new IllegalArgumentException("--duration and --count are both set; set one of them");
    }
    if (steps != null && (rate != null || duration != null || count != null)) {
      throw new IllegalArgumentException(
          "--plan says the rates and the times; set it without --rate, --duration and --count");
    }
    List<String> pool = idsFile == null ? IdPool.parse(ids) : IdPool.read(idsFile);
    LoadPlan.Length length = length();
    return new LoadPlan(
        lookup,
        pool,
        distribution(),
        callers,
        connections,
        rates(length),
        length,
        batch,
        warmUp,
        seed);
  }

  private LoadPlan.Length length() {
    if (steps != null) {
      return new LoadPlan.Length.Lasting(RatesText.parse(steps).time());
    }
    return count == null
        ? new LoadPlan.Length.Lasting(duration == null ? Duration.ofSeconds(10) : duration)
        : new LoadPlan.Length.Calls(count);
  }

  private Optional<Rates> rates(LoadPlan.Length length) {
    if (steps != null) {
      return Optional.of(RatesText.parse(steps));
    }
    if (rate == null) {
      return Optional.empty();
    }
    return Optional.of(Rates.steady(rate, RatesText.perSecond("rate", rate), length.most()));
  }

  private IdDistribution distribution() {
    return switch (pick) {
      case hot -> new IdDistribution.Hot();
      case uniform -> new IdDistribution.Uniform();
      case zipf -> new IdDistribution.Zipf(exponent);
    };
  }
}
