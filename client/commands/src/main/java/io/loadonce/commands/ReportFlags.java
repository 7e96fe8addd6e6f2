package io.loadonce.commands;

import io.grpc.Status.Code;
import io.loadonce.client.ClientSettings;
import io.loadonce.commands.load.Ending;
import io.loadonce.commands.load.LoadReport;
import io.loadonce.commands.load.LoadResult;
import io.loadonce.commands.load.ServerCounters;
import io.loadonce.commands.load.record.RunRecord;
import io.loadonce.commands.load.record.Series;
import io.loadonce.commands.load.report.Exporter;
import io.loadonce.commands.load.report.Outputs;
import io.loadonce.commands.text.RowJson;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The flags of {@code load} for what it reports beside the tables. */
final class ReportFlags {

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "File to write the run into; can be repeated. FILE.json has everything, with the full"
              + " histogram of latencies; FILE.csv has one line for each second, FILE.html is a"
              + " page with charts. Default: no file.")
  private List<Path> out = List.of();

  @Option(
      names = "--prometheus",
      paramLabel = "[HOST]:PORT",
      description =
          "Port on which Prometheus reads calls and latencies at /metrics while the load test runs,"
              + " such as :9464; without a host it is on loopback only. Default: no port.")
  private @Nullable String prometheus;

  /**
   * The files to write. Also rejects a wrong {@code --prometheus}, so that it is not found late.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  Outputs outputs() {
    address();
    return Outputs.of(out);
  }

  /** Begins what is reported while the load test runs. */
  LiveReports start(List<URI> admins, ClientSettings settings) {
    return new LiveReports(
        admins, settings, address(), /* watchesServer= */ !out.isEmpty() && !admins.isEmpty());
  }

  private Exporter.@Nullable Address address() {
    return prometheus == null ? null : Exporter.Address.parse(prometheus);
  }

  /** The record of a run that has ended. */
  RunRecord record(
      LoadReport report,
      List<RunRecord.Threshold> thresholds,
      RunRecord.@Nullable Verdict verdict,
      LiveReports live,
      String target) {
    List<String> arguments =
        command == null ? List.of() : command.commandLine().getParseResult().originalArgs();
    RunRecord.Driver driver =
        new RunRecord.Driver(
            new Version().getVersion()[0],
            live.started(),
            target,
            arguments,
            report.pace(),
            report.plan().seed(),
            report.plan().warmUp().toMillis() / 1e3,
            report.result().cpuShare(),
            RunRecord.Machine.current());
    LoadResult result = report.result();
    Series series = live.series();
    return new RunRecord(
        List.of(driver),
        result.elapsed().toNanos() / 1e9,
        series.succeeded(),
        series.failed(),
        result.unsentCalls(),
        result.cutOffCalls(),
        statuses(result),
        named(result.sources(), RowJson::source),
        named(result.idReasons(), Ending::text),
        report.server() instanceof ServerCounters.Known known
            ? new RunRecord.Server(known.queries(), known.idsLoaded())
            : null,
        thresholds,
        verdict,
        series.seconds());
  }

  private static Map<String, Long> statuses(LoadResult result) {
    Map<String, Long> statuses = new TreeMap<>(named(result.reasons(), Ending::text));
    statuses.put("OK", result.statuses().getOrDefault(Code.OK, 0L));
    statuses.put("NOT_FOUND for an invented id", result.notFoundAsPlanned());
    statuses.values().removeIf(count -> count == 0);
    return statuses;
  }

  private static <E> Map<String, Long> named(Map<E, Long> counts, Function<E, String> name) {
    return counts.entrySet().stream()
        .collect(Collectors.toMap(each -> name.apply(each.getKey()), Map.Entry::getValue));
  }
}
