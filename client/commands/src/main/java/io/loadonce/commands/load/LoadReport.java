package io.loadonce.commands.load;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Values;
import io.grpc.Status.Code;
import io.loadonce.commands.load.record.RunRecord;
import io.loadonce.commands.text.DurationText;
import io.loadonce.commands.text.JsonLine;
import io.loadonce.commands.text.RowJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The report of a load test: tables for people, or one JSON object for scripts.
 *
 * @param server what the server counted from before the first call to after the last one
 */
public record LoadReport(LoadPlan plan, LoadResult result, ServerCounters server) {

  /** The tables and the lines below them, without a line end at the end. */
  public String text() {
    String[] heads = {"", "calls", "calls/s", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms"};
    List<Object[]> rows = new ArrayList<>();
    rows.add(latencies("succeeded", result.latencies()));
    if (result.failed() > 0) {
      rows.add(latencies("failed", result.failedLatencies()));
    }
    if (plan.invalidations().isPresent()) {
      rows.add(latencies("invalidations", result.invalidations().latencies()));
    }
    return String.join(
        System.lineSeparator(),
        table(heads, rows.toArray(Object[][]::new)),
        table(new String[] {"of", "", "count"}, counts()),
        "server during the test: " + serverLine(),
        "load test: %.0f %% of the CPU, %d callers on %d connections, batch %d, seed %d"
            .formatted(
                result.cpuShare() * 100,
                plan.callers(),
                plan.connections(),
                plan.mix().batch(),
                plan.seed()),
        pace(),
        "warm-up: %s with %s calls, which are not in the tables"
            .formatted(DurationText.of(plan.warmUp()), grouped(result.warmUpCalls())));
  }

  /**
   * The same facts as one line of JSON, latencies in milliseconds.
   *
   * @param verdict of the scenario; null if there was none
   */
  public String json(RunRecord.@Nullable Verdict verdict) {
    return JsonLine.of(
        Struct.newBuilder()
            .putFields("calls", count(result.calls()))
            .putFields("calls_per_second", count(Math.round(result.perSecond(result.calls()))))
            .putFields("succeeded", count(result.succeeded()))
            .putFields(
                "succeeded_per_second", count(Math.round(result.perSecond(result.succeeded()))))
            .putFields("seconds", Values.of(result.elapsed().toMillis() / 1e3))
            .putFields("latency_ms", millis(result.latencies()))
            .putFields("failed_latency_ms", millis(result.failedLatencies()))
            .putFields("statuses", object(result.statuses(), Enum::name))
            .putFields("reasons", reasons(result.reasons()))
            .putFields("sources", object(result.sources(), RowJson::source))
            .putFields("failed_ids", object(result.failedIds(), Enum::name))
            .putFields("failed_id_reasons", reasons(result.idReasons()))
            .putFields("not_found_as_planned", count(result.notFoundAsPlanned()))
            .putFields("different_ids", count(result.differentIds()))
            .putFields("invalidations", count(result.invalidations().latencies().count()))
            .putFields("failed_invalidations", reasons(result.invalidations().reasons()))
            .putFields("unsent_invalidations", count(result.invalidations().unsent()))
            .putFields("server", object(serverJson()))
            .putFields("driver_cpu_share", Values.of(Math.round(result.cpuShare() * 1e3) / 1e3))
            .putFields("callers", Values.of(plan.callers()))
            .putFields("connections", Values.of(plan.connections()))
            .putFields("ids_per_call", Values.of(plan.mix().batch()))
            .putFields("seed", Values.of(Long.toString(plan.seed())))
            .putFields("plan", Values.of(plan.rates().map(Rates::text).orElse("")))
            .putFields("verdict", Values.of(verdict == null ? "" : verdict.text()))
            .putFields("unsent_calls", count(result.unsentCalls()))
            .putFields("cut_off_calls", count(result.cutOffCalls()))
            .putFields("warm_up_calls", count(result.warmUpCalls()))
            .build());
  }

  /** When calls are due, for people. */
  public String pace() {
    return plan.rates()
        .map(
            rates ->
                "open loop: %s; latencies from the moment a call was due; %s were due and not sent"
                    .formatted(rates.text(), grouped(result.unsentCalls())))
        .orElse("closed loop: each caller sends its next call when the last one has ended");
  }

  private Object[] latencies(String of, LatencyRecorder.Latencies latencies) {
    return new Object[] {
      of,
      grouped(latencies.count()),
      grouped(Math.round(result.perSecond(latencies.count()))),
      millis(latencies.p50Millis()),
      millis(latencies.p90Millis()),
      millis(latencies.p99Millis()),
      millis(latencies.p999Millis()),
      millis(latencies.maxMillis())
    };
  }

  /** Empty if there was no such call: 0 would be a latency. */
  private static Value millis(LatencyRecorder.Latencies latencies) {
    return object(
        latencies.count() == 0
            ? Struct.newBuilder()
            : Struct.newBuilder()
                .putFields("p50", Values.of(latencies.p50Millis()))
                .putFields("p90", Values.of(latencies.p90Millis()))
                .putFields("p99", Values.of(latencies.p99Millis()))
                .putFields("p99.9", Values.of(latencies.p999Millis()))
                .putFields("max", Values.of(latencies.maxMillis())));
  }

  private Object[][] counts() {
    List<Object[]> rows = new ArrayList<>();
    result.statuses().entrySet().stream()
        .filter(status -> status.getKey() == Code.OK)
        .forEach(status -> rows.add(row("calls", "OK", status.getValue())));
    if (result.notFoundAsPlanned() > 0) {
      rows.add(row("calls", "NOT_FOUND for an invented id", result.notFoundAsPlanned()));
    }
    result.reasons().forEach((why, n) -> rows.add(row("calls", why.text(), n)));
    if (result.cutOffCalls() > 0) {
      rows.add(row("calls", "cancelled at the end", result.cutOffCalls()));
    }
    result
        .invalidations()
        .reasons()
        .forEach((why, n) -> rows.add(row("invalidations", why.text(), n)));
    if (result.invalidations().unsent() > 0) {
      rows.add(row("invalidations", "due and not sent", result.invalidations().unsent()));
    }
    result.sources().forEach((source, n) -> rows.add(row("ids", RowJson.source(source), n)));
    result.idReasons().forEach((why, n) -> rows.add(row("ids", why.text(), n)));
    return rows.toArray(Object[][]::new);
  }

  private static Object[] row(String of, String what, long count) {
    return new Object[] {of, what, grouped(count)};
  }

  private String serverLine() {
    return switch (server) {
      case ServerCounters.Known(long queries, long idsLoaded) ->
          "%s queries, %s ids loaded; %s different ids were requested (all with the warm-up)"
              .formatted(grouped(queries), grouped(idsLoaded), grouped(result.differentIds()));
      case ServerCounters.Unknown(String why) -> "unknown: " + why;
    };
  }

  private Struct.Builder serverJson() {
    return switch (server) {
      case ServerCounters.Known(long queries, long idsLoaded) ->
          Struct.newBuilder()
              .putFields("queries", count(queries))
              .putFields("ids_loaded", count(idsLoaded));
      case ServerCounters.Unknown(String why) ->
          Struct.newBuilder().putFields("unknown", Values.of(why));
    };
  }

  /** Those without a reason are named by their status. */
  private static Value reasons(Map<Ending, Long> reasons) {
    Map<String, Long> named = new TreeMap<>();
    reasons.forEach(
        (why, n) ->
            named.merge(why.reason().isEmpty() ? why.code().name() : why.reason(), n, Long::sum));
    return object(named, name -> name);
  }

  private static <E> Value object(Map<E, Long> counts, Function<? super E, String> name) {
    Struct.Builder object = Struct.newBuilder();
    counts.forEach((key, count) -> object.putFields(name.apply(key), count(count)));
    return object(object);
  }

  private static Value object(Struct.Builder object) {
    return Value.newBuilder().setStructValue(object).build();
  }

  private static Value count(long number) {
    return Values.of((double) number);
  }

  private static String table(String[] heads, Object[][] rows) {
    Column[] columns = new Column[heads.length];
    for (int i = 0; i < heads.length; i++) {
      columns[i] = new Column().header(heads[i]).dataAlign(HorizontalAlign.RIGHT);
    }
    return AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, columns, rows);
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String millis(double number) {
    return String.format(Locale.ROOT, "%.3f", number);
  }
}
