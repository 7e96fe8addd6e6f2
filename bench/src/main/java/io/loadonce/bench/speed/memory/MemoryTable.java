package io.loadonce.bench.speed.memory;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import io.loadonce.bench.speed.memory.MemoryProbe.Seen;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Memory from a thousand rows to three million, a line each. */
public final class MemoryTable {

  /** The memory that a row may take beside its encoded bytes. */
  static final int MOST_OVERHEAD_BYTES = 256;

  private static final List<Integer> ROWS = List.of(1_000, 10_000, 100_000, 1_000_000, 3_000_000);

  private MemoryTable() {}

  /**
   * Measures and returns the table. Blocks for about a minute.
   *
   * @param time the time of the hits at each number of rows, which is spent twice
   * @param mostRows larger numbers are left out
   */
  public static String measure(Duration time, int mostRows)
      throws IOException, InterruptedException {
    List<Seen> seen = new ArrayList<>();
    for (int rows : ROWS) {
      if (rows <= mostRows) {
        seen.add(MemoryProbe.of(rows, time));
      }
    }
    return of(seen);
  }

  static String of(List<Seen> seen) {
    List<ColumnData<Seen>> columns =
        List.of(
            column("rows", row -> "%,d".formatted(row.rows())),
            column("bytes/row", row -> number(row.bytesPerRow())),
            column("encoded", row -> Integer.toString(row.encodedBytes())),
            column("more", row -> number(overhead(row))),
            column("at most " + MOST_OVERHEAD_BYTES, row -> holds(row) ? "yes" : "NO"),
            column("hits/s", row -> "%,.0f".formatted(row.hitsPerSecond())),
            column("p99, ns", row -> "%,d".formatted(row.p99Nanos())));
    return AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, seen, columns);
  }

  private static boolean holds(Seen row) {
    return overhead(row) <= MOST_OVERHEAD_BYTES;
  }

  private static double overhead(Seen row) {
    return row.bytesPerRow() - row.encodedBytes();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static ColumnData<Seen> column(String header, Function<Seen, String> cell) {
    return new Column().header(header).dataAlign(HorizontalAlign.RIGHT).with(cell);
  }
}
