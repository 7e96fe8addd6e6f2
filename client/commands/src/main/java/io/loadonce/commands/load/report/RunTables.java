package io.loadonce.commands.load.report;

import io.loadonce.commands.load.record.HistogramText;
import io.loadonce.commands.load.record.RunJson;
import io.loadonce.commands.load.record.RunRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** The numbers of a run as tables of HTML. */
final class RunTables {

  private final RunRecord run;

  RunTables(RunRecord run) {
    this.run = run;
  }

  /** The addresses that were called. */
  String targets() {
    return run.drivers().stream()
        .map(RunRecord.Driver::target)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** What a reader looks for first. */
  String summary() {
    Histogram succeeded = run.succeeded();
    Html html = new Html().raw("<section>");
    for (RunRecord.Threshold each : run.thresholds()) {
      String missed = each.missed();
      html.raw(missed == null ? "<p class=good>" : "<p class=bad>")
          .text(
              missed == null
                  ? "passed: --fail-if %s is not true".formatted(each.text())
                  : "failed: --fail-if " + missed)
          .raw("</p>");
    }
    RunRecord.Verdict verdict = run.verdict();
    if (verdict != null) {
      html.raw(verdict.isPassed() ? "<p class=good>" : "<p class=bad>")
          .text(verdict.text())
          .raw("</p>");
    }
    html.raw("<dl>");
    item(html, "succeeded", count(succeeded.getTotalCount()));
    item(html, "succeeded per second", number(run.rate(succeeded.getTotalCount()), 1));
    item(html, "failed", count(run.failed().getTotalCount()));
    item(html, "due and not sent", count(run.unsentCalls()));
    if (run.cutOffCalls() > 0) {
      item(html, "cancelled at the end", count(run.cutOffCalls()));
    }
    if (succeeded.getTotalCount() > 0) {
      item(html, "p50", millis(succeeded, 50));
      item(html, "p99", millis(succeeded, 99));
      item(html, "max", millis(succeeded, 100));
    }
    RunRecord.Server server = run.server();
    item(html, "queries of the server", server == null ? "unknown" : count(server.queries()));
    item(html, "duration", number(run.durationSeconds(), 1) + " s");
    return html.raw("</dl></section>").toString();
  }

  /** The tables below the charts. */
  String tables() {
    Html html = new Html().raw("<section class=tables>");
    latencies(html, "Latency of the calls that succeeded", run.succeeded());
    latencies(html, "Latency of the calls that failed", run.failed());
    counts(html, "Calls, by status", run.statuses());
    counts(html, "Ids, by source", run.sources());
    counts(html, "Ids of batches without a row, by status", run.failedIds());
    run.drivers().forEach(each -> driver(html, each));
    return html.raw("</section>").toString();
  }

  private static void latencies(Html html, String caption, Histogram histogram) {
    if (histogram.getTotalCount() == 0) {
      return;
    }
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("min", millis(histogram, 0));
    for (double each : RunJson.percentiles()) {
      rows.put(RunJson.name(each), millis(histogram, each));
    }
    rows.put("max", millis(histogram, 100));
    table(html, caption, rows);
  }

  private static void counts(Html html, String caption, Map<String, Long> counts) {
    if (!counts.isEmpty()) {
      Map<String, String> rows = new LinkedHashMap<>();
      counts.forEach((name, number) -> rows.put(name, count(number)));
      table(html, caption, rows);
    }
  }

  private static void driver(Html html, RunRecord.Driver driver) {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("command", "./loadonce " + String.join(" ", quoted(driver.command())));
    rows.put("target", driver.target());
    rows.put("plan", driver.pace());
    rows.put("warm-up", number(driver.warmUpSeconds(), 1) + " s, not in the numbers");
    rows.put("seed", Long.toString(driver.seed()));
    rows.put("started", driver.started().toString());
    rows.put("version", driver.version());
    rows.put(
        "machine",
        "%d processors, %s, Java %s"
            .formatted(
                driver.machine().processors(), driver.machine().os(), driver.machine().java()));
    rows.put("CPU of the load test", number(driver.cpuShare() * 100, 0) + " % of all processors");
    table(html, "Load test", rows);
  }

  private static List<String> quoted(List<String> command) {
    List<String> quoted = new ArrayList<>();
    for (String each : command) {
      boolean plain = each.matches("[A-Za-z0-9_./:=,@%+-]+");
      quoted.add(plain ? each : "'" + each.replace("'", "'\\''") + "'");
    }
    return quoted;
  }

  private static void table(Html html, String caption, Map<String, String> rows) {
    html.raw("<table>").element("caption", caption);
    rows.forEach(
        (name, value) -> html.raw("<tr>").element("th", name).element("td", value).raw("</tr>"));
    html.raw("</table>");
  }

  private static void item(Html html, String name, String value) {
    html.raw("<div>").element("dt", name).element("dd", value).raw("</div>");
  }

  private static String millis(Histogram histogram, double percentile) {
    return number(HistogramText.millis(histogram, percentile), 3) + " ms";
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String number(double number, int digits) {
    return String.format(Locale.ROOT, "%,." + digits + "f", number);
  }
}
