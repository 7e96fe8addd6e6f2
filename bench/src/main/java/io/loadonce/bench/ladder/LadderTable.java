package io.loadonce.bench.ladder;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import io.loadonce.bench.ladder.Measured.Herd;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The results of the rungs, a line each: herds first, then errors and changes. */
final class LadderTable {
  private static final String NOT_SHOWN = "-";

  private LadderTable() {}

  static String of(List<Measured> rungs) {
    return table(rungs.stream().filter(rung -> rung.herd() != null).toList(), herds())
        + System.lineSeparator()
        + table(rungs, errorsAndChanges());
  }

  private static List<ColumnData<Measured>> herds() {
    return List.of(
        name(),
        ofHerd("cold herd:\nqueries", Measured::herd, herd -> count(herd.counts().queries())),
        ofHerd("\nwaited", Measured::herd, herd -> count(herd.crowd().waited())),
        ofHerd("\nlast, ms", Measured::herd, LadderTable::last),
        ofHerd("many ids:\nqueries", Measured::manyIds, herd -> count(herd.counts().queries())),
        ofHerd("queries\nper id", Measured::manyIds, herd -> perId(herd.counts().queries(), herd)),
        ofHerd(
            "rows read\nper id", Measured::manyIds, herd -> perId(herd.counts().rowsRead(), herd)),
        ofHerd("\nwaited", Measured::manyIds, herd -> count(herd.crowd().waited())),
        ofHerd("\np50, ms", Measured::manyIds, herd -> percentile(herd, 50)),
        ofHerd("\np99, ms", Measured::manyIds, herd -> percentile(herd, 99)));
  }

  private static List<ColumnData<Measured>> errorsAndChanges() {
    return List.of(
        name(),
        ofHerd("failing load:\nqueries", Measured::failing, herd -> count(herd.counts().queries())),
        ofHerd("\nanswered", Measured::failing, herd -> count(herd.crowd().answered())),
        ofHerd("\nlast, ms", Measured::failing, LadderTable::last),
        right("changed row:\nstale reads").with(LadderTable::stale),
        right("\ninvalidate, ms").with(rung -> millis(rung.staleness().invalidation().toNanos())));
  }

  private static String table(List<Measured> rungs, List<ColumnData<Measured>> columns) {
    return AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, rungs, columns);
  }

  private static ColumnData<Measured> name() {
    return new Column().header("rung").dataAlign(HorizontalAlign.LEFT).with(Measured::name);
  }

  private static ColumnData<Measured> ofHerd(
      String header, Function<Measured, @Nullable Herd> herd, Function<Herd, String> cell) {
    return right(header)
        .with(
            rung -> {
              Herd shown = herd.apply(rung);
              return shown == null ? NOT_SHOWN : cell.apply(shown);
            });
  }

  private static Column right(String header) {
    return new Column()
        .header(header)
        .headerAlign(HorizontalAlign.RIGHT)
        .dataAlign(HorizontalAlign.RIGHT);
  }

  private static String stale(Measured rung) {
    return rung.staleness().stale() + " of " + rung.staleness().reads();
  }

  private static String last(Herd herd) {
    return herd.crowd().isCut()
        ? "> " + millis(HerdScene.LIMIT.toNanos())
        : millis(herd.crowd().nanos().getMaxValue());
  }

  /** Over all callers: one that was not answered counts as slower than those that were. */
  private static String percentile(Herd herd, int percent) {
    Crowd.Report crowd = herd.crowd();
    long rank = Math.ceilDiv((long) crowd.calls() * percent, 100);
    if (rank > crowd.answered()) {
      return "> " + millis(HerdScene.LIMIT.toNanos());
    }
    return millis(crowd.nanos().getValueAtPercentile(100.0 * rank / crowd.answered()));
  }

  private static String perId(long number, Herd herd) {
    return String.format(Locale.ROOT, "%.3f", (double) number / herd.ids());
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%,.1f", nanos / (double) Duration.ofMillis(1).toNanos());
  }
}
