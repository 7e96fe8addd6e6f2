package io.loadonce.commands.load.record;

import java.util.Locale;
import java.util.stream.Collectors;

/** A {@link RunRecord} as a table: one line for each second, for a spreadsheet. */
public final class RunCsv {

  private static final String HEAD =
      "second,duration_seconds,sent,succeeded,failed,unsent,p50_ms,p99_ms,max_ms,queries,waiters,heap_bytes\n";

  private RunCsv() {}

  /** Writes the seconds below a line with the names of the columns; what is not known is empty. */
  public static String write(RunRecord run) {
    return run.seconds().stream().map(RunCsv::line).collect(Collectors.joining("", HEAD, ""));
  }

  private static String line(Second second) {
    Second.Server server = second.server();
    return String.format(
        Locale.ROOT,
        "%d,%.3f,%d,%d,%d,%d,%s,%s\n",
        second.second(),
        second.durationSeconds(),
        second.sent(),
        second.succeeded(),
        second.failed(),
        second.unsent(),
        second.succeeded() == 0
            ? ",,"
            : String.format(
                Locale.ROOT, "%.3f,%.3f,%.3f", second.p50Ms(), second.p99Ms(), second.maxMs()),
        server == null
            ? ",,"
            : "%d,%d,%d".formatted(server.queries(), server.waiters(), server.heapBytes()));
  }
}
