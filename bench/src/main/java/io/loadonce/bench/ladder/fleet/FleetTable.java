package io.loadonce.bench.ladder.fleet;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import io.loadonce.bench.ladder.database.LadderDatabase;
import io.loadonce.bench.ladder.fleet.FleetMeasured.Herd;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Measures the rungs and prints a table with a line for each. */
public final class FleetTable {

  private FleetTable() {}

  /** Measures all rungs. Blocks for a minute or so. */
  public static void print(
      LadderDatabase database,
      String redisUrl,
      FleetPlan plan,
      PrintWriter out,
      PrintWriter progress)
      throws Exception {
    List<FleetMeasured> rungs = new ArrayList<>();
    try (FleetLadder ladder = new FleetLadder(database, redisUrl, plan)) {
      for (RungKind kind : RungKind.values()) {
        progress.println("measuring: " + kind.title());
        progress.flush();
        rungs.add(ladder.measure(kind));
      }
    }
    out.println(heading(database, plan));
    out.println(of(rungs));
    out.flush();
  }

  static String of(List<FleetMeasured> rungs) {
    List<ColumnData<FleetMeasured>> columns =
        List.of(
            new Column()
                .header("rung")
                .dataAlign(HorizontalAlign.LEFT)
                .with(rung -> rung.kind().title()),
            ofHerd("cold id:\nqueries", FleetMeasured::cold, FleetTable::queries),
            ofHerd("\nlast, ms", FleetMeasured::cold, FleetTable::last),
            ofHerd("many ids:\nread per id", FleetMeasured::manyIds, FleetTable::readPerId),
            ofHerd("\nlast, ms", FleetMeasured::manyIds, FleetTable::last),
            ofHerd("failing load:\nqueries", FleetMeasured::failing, FleetTable::queries),
            ofHerd("\nlast, ms", FleetMeasured::failing, FleetTable::last),
            ofHerd("slow load:\nqueries", FleetMeasured::slow, FleetTable::queries),
            ofHerd("\nlast, ms", FleetMeasured::slow, FleetTable::last),
            right("changed row:\nstale reads")
                .with(rung -> "%d of %d".formatted(rung.stale(), rung.reads())));
    return AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, rungs, columns);
  }

  private static String heading(LadderDatabase database, FleetPlan plan) {
    return """
    %s, Redis, %d instances, %d processors, Java %s
    on each instance: %d callers of a cold id; %d ids x %d callers; a query takes %d ms
    %d callers of an id whose load fails after %d ms, and of one whose load takes %,d ms, while a\
     lock lasts %,d ms
    stale reads: reads of the old row after its invalidation has returned, while and after a load\
    """
        .formatted(
            database.product(),
            FleetLadder.INSTANCES,
            Runtime.getRuntime().availableProcessors(),
            Runtime.version().feature(),
            plan.callers(),
            plan.ids(),
            plan.callersPerId(),
            plan.load().toMillis(),
            plan.fewCallers(),
            FleetLadder.FAILS_AFTER.toMillis(),
            FleetLadder.SLOW.toMillis(),
            RedisLock.LASTS.toMillis());
  }

  private static ColumnData<FleetMeasured> ofHerd(
      String header, Function<FleetMeasured, Herd> herd, Function<Herd, String> cell) {
    return right(header).with(rung -> cell.apply(herd.apply(rung)));
  }

  private static Column right(String header) {
    return new Column()
        .header(header)
        .headerAlign(HorizontalAlign.RIGHT)
        .dataAlign(HorizontalAlign.RIGHT);
  }

  private static String queries(Herd herd) {
    return String.format(Locale.ROOT, "%,d", herd.queries());
  }

  private static String readPerId(Herd herd) {
    return String.format(Locale.ROOT, "%.2f", (double) herd.rowsRead() / herd.ids());
  }

  private static String last(Herd herd) {
    return herd.crowd().answered() < herd.crowd().calls()
        ? String.format(Locale.ROOT, "> %,d", FleetWorker.LIMIT.toMillis())
        : String.format(Locale.ROOT, "%,.1f", herd.crowd().lastMicros() / 1e3);
  }
}
