package io.loadonce.commands.load.report;

import io.loadonce.commands.load.record.HistogramText;
import io.loadonce.commands.load.record.RunRecord;
import io.loadonce.commands.load.record.Second;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Makes one run of several that were measured at the same time, such as on several machines. */
public final class Merge {

  private Merge() {}

  /**
   * Adds the runs: their histograms, their counts, and their seconds, by the number of the second.
   * What a server counted is added if all targets are different; otherwise each run has counted the
   * same queries, and the highest number counts. The thresholds of the runs are left out.
   */
  public static RunRecord of(List<RunRecord> runs) {
    if (runs.size() == 1) {
      return runs.getFirst();
    }
    List<RunRecord.Driver> drivers =
        runs.stream().flatMap(each -> each.drivers().stream()).toList();
    boolean differentServers =
        drivers.stream().map(RunRecord.Driver::target).distinct().count() == drivers.size();
    return new RunRecord(
        drivers,
        runs.stream().mapToDouble(RunRecord::durationSeconds).max().orElseThrow(),
        histogram(runs, RunRecord::succeeded),
        histogram(runs, RunRecord::failed),
        runs.stream().mapToLong(RunRecord::unsentCalls).sum(),
        runs.stream().mapToLong(RunRecord::cutOffCalls).sum(),
        counts(runs, RunRecord::statuses),
        counts(runs, RunRecord::sources),
        counts(runs, RunRecord::failedIds),
        server(runs, differentServers),
        /* thresholds= */ List.of(),
        /* verdict= */ null,
        seconds(runs, differentServers));
  }

  private static Histogram histogram(
      List<RunRecord> runs, Function<RunRecord, Histogram> histogram) {
    Histogram sum = HistogramText.precise();
    runs.forEach(each -> sum.add(histogram.apply(each)));
    return sum;
  }

  private static Map<String, Long> counts(
      List<RunRecord> runs, Function<RunRecord, Map<String, Long>> counts) {
    Map<String, Long> sums = new TreeMap<>();
    for (RunRecord run : runs) {
      counts.apply(run).forEach((name, count) -> sums.merge(name, count, Long::sum));
    }
    return sums;
  }

  private static RunRecord.@Nullable Server server(List<RunRecord> runs, boolean differentServers) {
    RunRecord.Server sum = null;
    for (RunRecord run : runs) {
      RunRecord.Server server = run.server();
      if (server == null) {
        return null;
      }
      if (sum == null) {
        sum = server;
      } else if (differentServers) {
        sum = sum.plus(server);
      } else if (server.queries() > sum.queries()) {
        sum = server;
      }
    }
    return sum;
  }

  private static List<Second> seconds(List<RunRecord> runs, boolean differentServers) {
    List<Second> sums = new ArrayList<>();
    for (RunRecord run : runs) {
      for (int i = 0; i < run.seconds().size(); i++) {
        Second added = run.seconds().get(i);
        if (i == sums.size()) {
          sums.add(added);
        } else {
          sums.set(i, sums.get(i).merge(added, differentServers));
        }
      }
    }
    return sums;
  }
}
