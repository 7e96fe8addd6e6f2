package io.loadonce.commands;

import io.loadonce.client.ClientSettings;
import io.loadonce.client.Invalidation;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ResourceClient;
import io.loadonce.commands.load.LoadPlan;
import io.loadonce.commands.load.LoadReport;
import io.loadonce.commands.load.LoadResult;
import io.loadonce.commands.load.LoadRun;
import io.loadonce.commands.load.RatesText;
import io.loadonce.commands.load.Scenario;
import io.loadonce.commands.load.ScenarioRun;
import io.loadonce.commands.load.ServerCounters;
import io.loadonce.commands.load.Threshold;
import io.loadonce.commands.load.record.RunRecord;
import io.loadonce.commands.load.report.Bars;
import io.loadonce.commands.load.report.Outputs;
import io.loadonce.v1.InvalidateRequest.Strength;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
          + " wrong; 3 if a --fail-if is true, or if a --scenario fails."
    })
final class LoadCommand implements Callable<Integer> {

  private static final int THRESHOLD_MISSED = 3;
  private static final URI DEFAULT_ADMIN = URI.create("http://127.0.0.1:50080");

  private final PrintWriter out;
  private final PrintWriter err;

  @Mixin private final ConnectionFlags flags = new ConnectionFlags();
  @Mixin private final ReportFlags reports = new ReportFlags();
  @Mixin private final RequestFlags requests = new RequestFlags();
  @Mixin private final CallFlags calls = new CallFlags();
  @Mixin private final PaceFlags pace = new PaceFlags();

  @Option(
      names = "--admin",
      paramLabel = "URL",
      split = ",",
      description =
          "Admin port of the server, to print how many queries it ran during the test; of several"
              + " instances, with commas between. Default: http://127.0.0.1:50080.")
  private List<URI> admins = List.of();

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
              + " the server is busier than the others. If --target names several instances, the"
              + " connections go to them in turn. Default: 2, or one for each instance.")
  private @Nullable Integer connections;

  @Option(
      names = "--affinity",
      paramLabel = "N",
      description =
          "Over how many instances of --target the calls of one id are spread, as a client with"
              + " affinity does: 1 to 16, and at most the number of instances. Default: 0, which"
              + " sends an id to any of them.")
  private int affinity;

  @Option(
      names = "--invalidate",
      paramLabel = "N/s",
      description =
          "Calls of Invalidate in a second, such as 2/s, beside the other calls, for ids that are"
              + " picked in the same way; 0.01/s to 1000/s. Default: none.")
  private @Nullable String invalidate;

  @Option(
      names = "--strength",
      paramLabel = "sent|seen",
      description =
          "What each call of Invalidate waits for: that the other instances were told, or that none"
              + " of them returns an older row. Default: sent.")
  private Invalidation.Strength strength = Invalidation.Strength.SENT;

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      description =
          "A load test with a verdict. It sends calls for --warm-up, invalidates all --ids, and"
              + " decides by itself what the calls request and how many they are. herd: all callers"
              + " request the first id; storm: each id many times; avalanche: for --duration, and"
              + " half way all ids are invalidated; penetration: ids that do not exist; steady: the"
              + " first ids most, for --duration; invalidate: for --duration, with --invalidate"
              + " (20/s); failover: for --duration, in which you stop an instance, with --affinity"
              + " and --attempts 5. It fails, with exit code 3, if the server loads"
              + " an id more often than once and once for each invalidation; if an id was not"
              + " loaded, or if a call failed. --duration may be half of the time to live at most."
              + " Default: none.")
  private @Nullable Scenario scenario;

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
              + " succeeded; errors, the share of the calls that failed or were not sent; unsent,"
              + " the calls that were not sent; calls_per_second, of those that succeeded; by the"
              + " admin port and with the warm-up: queries, queries_per_call, queries_per_id and"
              + " loads_per_id, for each different id. A value that is not known fails. Default: no"
              + " threshold.")
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

  @Option(
      names = "--i-own-this-server",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Allow a load test of another machine than this one. Set it only if you are allowed to"
              + " put that much load on it. Default: false.")
  private boolean ownsServer;

  @Override
  public Integer call() throws InterruptedException {
    Outputs outputs = reports.outputs();
    boolean isFailover = scenario == Scenario.failover;
    // Retries would hide what the server answers, which is what a load test has to show; but
    // failover is about them.
    ClientSettings settings =
        flags
            .settings(isFailover ? ClientSettings.DEFAULT_MAX_ATTEMPTS : 1)
            .withCallbacks(ClientSettings.Callbacks.EVENT_LOOP);
    List<Threshold> thresholds = failIf.stream().map(Threshold::parse).toList();
    pace.requireFit();
    calls.requireFit();
    Target target = Target.of(settings.target());
    target.requireOwned(ownsServer);
    target.requireAffinity(affinity);
    if (isFailover) {
      target.requireSeveral();
    }
    if ((scenario != null && !isFailover)
        || thresholds.stream().anyMatch(each -> each.measure().isOfServer())) {
      target.requireAdmins(admins().size());
    }
    try {
      return run(settings, outputs, target);
    } catch (LoadonceException e) {
      err.println("loadonce: %s: %s".formatted(settings.target(), e.getMessage()));
      return Main.FAILED;
    }
  }

  private int run(ClientSettings settings, Outputs outputs, Target target)
      throws InterruptedException {
    LoadPlan flagged = plan(settings, target);
    LoadPlan plan = scenario == null ? flagged : scenario.plan(flagged);
    List<ResourceClient> clients =
        IntStream.range(0, plan.connections())
            .mapToObj(i -> ResourceClient.open(target.settings(settings, i, affinity)))
            .toList();
    try {
      if (!calls.areSet()) {
        HealthCheck.statusOf(clients.getFirst(), "");
      }
      if (scenario == null) {
        return run(clients, plan, settings, outputs, /* scenarioRun= */ null);
      }
      try (ScenarioRun scenarioRun = new ScenarioRun(scenario, plan, target.instances(settings))) {
        scenarioRun.prepare(clients, pace.warmUp());
        return run(clients, plan, settings, outputs, scenarioRun);
      }
    } finally {
      clients.forEach(ResourceClient::close);
    }
  }

  private int run(
      List<ResourceClient> clients,
      LoadPlan plan,
      ClientSettings settings,
      Outputs outputs,
      @Nullable ScenarioRun scenarioRun)
      throws InterruptedException {
    LiveReports live = reports.start(admins(), settings);
    // Before the run is made, because its first call is due at once.
    ServerCounters before = ServerCounters.read(admins(), settings);
    LoadRun run = new LoadRun(clients, plan);
    try (StopOnSignal _ = StopOnSignal.calls(run::stop)) {
      LoadResult result;
      try (live) {
        result =
            run.run(
                share -> {
                  live.reached(share);
                  if (scenarioRun != null) {
                    scenarioRun.reached(share);
                  }
                },
                live.series());
      }
      LoadReport report =
          new LoadReport(plan, result, ServerCounters.read(admins(), settings).since(before));
      List<RunRecord.Threshold> judged =
          failIf.stream().map(each -> Threshold.parse(each).judge(report)).toList();
      RunRecord.Verdict verdict = scenarioRun == null ? null : scenarioRun.verdict(report);
      out.println(json ? report.json(verdict) : report.text());
      if (!json && result.succeeded() > 0) {
        out.println(Bars.text(live.series().succeeded()));
      }
      int exitCode = exitCode(report, judged);
      if (verdict != null) {
        (json ? err : out).println(verdict.text());
        exitCode = verdict.isPassed() ? exitCode : THRESHOLD_MISSED;
      }
      out.flush();
      outputs.write(reports.record(report, judged, verdict, live, settings.target()));
      return exitCode;
    }
  }

  /** Says on standard error which calls failed and which thresholds were missed. */
  private int exitCode(LoadReport report, List<RunRecord.Threshold> thresholds) {
    LoadResult result = report.result();
    if (result.due() == 0) {
      err.println("loadonce: no call was measured, because all calls started in the warm-up");
      return Main.FAILED;
    }
    if (result.succeeded() < result.due()) {
      err.println("loadonce: " + whatFailed(result));
    }
    List<String> missed =
        thresholds.stream().flatMap(each -> Stream.ofNullable(each.missed())).toList();
    missed.forEach(each -> err.println("loadonce: the load test fails by --fail-if " + each));
    if (!missed.isEmpty()) {
      return THRESHOLD_MISSED;
    }
    return result.succeeded() * 2 < result.due() || result.succeeded() == 0 ? Main.FAILED : 0;
  }

  private static String whatFailed(LoadResult result) {
    String share =
        result.succeeded() == 0
            ? "no call succeeded: "
            : String.format(
                Locale.ROOT,
                "%.1f %% of the calls failed: ",
                100.0 * (result.due() - result.succeeded()) / result.due());
    Stream<String> reasons =
        result.reasons().entrySet().stream()
            .map(reason -> reason.getValue() + " ended as " + reason.getKey().text());
    Stream<String> unsent =
        result.unsentCalls() == 0
            ? Stream.empty()
            : Stream.of(result.unsentCalls() + " were due and not sent");
    return Stream.concat(reasons, unsent).collect(Collectors.joining(", ", share, ""));
  }

  /** None if another service is called and the flag is not set. */
  private List<URI> admins() {
    return admins.isEmpty() && !calls.areSet() ? List.of(DEFAULT_ADMIN) : admins;
  }

  private LoadPlan plan(ClientSettings settings, Target target) {
    for (URI admin : admins) {
      if (!String.valueOf(admin.getScheme()).matches("https?") || admin.getHost() == null) {
        throw new IllegalArgumentException(
            "admin is '%s' but must be http://host:port or https://host:port".formatted(admin));
      }
    }
    if (scenario != null && !pace.hasNoCountOrRate()) {
      throw new IllegalArgumentException(
          "--scenario decides the calls; set it without --count, --rate and --plan");
    }
    return new LoadPlan(
        requests.mix(admins(), settings, calls.call(target.settings(settings, 0, affinity))),
        callers,
        target.connections(connections, affinity),
        pace.rates(),
        pace.length(),
        invalidations(),
        affinity,
        pace.warmUp(),
        seed);
  }

  private Optional<LoadPlan.Invalidations> invalidations() {
    if (invalidate == null) {
      if (strength != Invalidation.Strength.SENT) {
        throw new IllegalArgumentException(
            "--strength is for calls of Invalidate; set --invalidate, such as --invalidate 20/s");
      }
      return Optional.empty();
    }
    return Optional.of(
        new LoadPlan.Invalidations(
            RatesText.perSecond("invalidate", invalidate),
            strength == Invalidation.Strength.SEEN
                ? Strength.STRENGTH_SEEN
                : Strength.STRENGTH_SENT));
  }
}
