package io.loadonce.bench.speed;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import io.loadonce.bench.speed.engine.EngineRun;
import io.loadonce.bench.speed.engine.EngineRun.Score;
import io.loadonce.bench.speed.scene.Board;
import io.loadonce.bench.speed.scene.Board.Reading;
import io.loadonce.bench.speed.scene.Board.Turn;
import io.loadonce.bench.speed.scene.Figure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The readings of the board as tables: medians, and the range of the rounds. */
final class SpeedTable {

  private static final int MAX_CELL = 60;

  private SpeedTable() {}

  /** The figures, each with its bound, and below them the readings that they were made of. */
  static String of(Board board) {
    List<String> parts = new ArrayList<>();
    parts.add(figures(board.figures()));
    parts.add(readings(board.readings()));
    parts.addAll(board.notes());
    parts.addAll(board.failures());
    return String.join(System.lineSeparator(), parts);
  }

  /** The scores of JMH, each beside ours of the same benchmark. */
  static String of(List<Score> scores) {
    List<ColumnData<Score>> columns =
        List.of(
            left("benchmark", Score::benchmark),
            right("threads", score -> Integer.toString(score.threads())),
            right("ids", score -> Integer.toString(score.ids())),
            left("way", Score::way),
            right("calls/µs", score -> number(score.callsPerMicrosecond())),
            right("error", score -> "± " + number(score.error())),
            right("ours / this", score -> number(ours(score, scores))));
    return table(scores, columns);
  }

  private static String figures(Map<Figure, List<Double>> figures) {
    List<ColumnData<Map.Entry<Figure, List<Double>>>> columns =
        List.of(
            left("", line -> line.getKey().toString()),
            left("figure", line -> line.getKey().title()),
            right("median", line -> number(median(line.getValue()))),
            right("range", line -> range(line.getValue())),
            right("bound", line -> line.getKey().bound().text()),
            right("holds", line -> verdict(line.getKey(), median(line.getValue()))));
    return table(figures.entrySet(), columns);
  }

  private static String readings(Map<Turn, List<Reading>> readings) {
    List<ColumnData<Map.Entry<Turn, List<Reading>>>> columns =
        List.of(
            left("asked", line -> line.getKey().what()),
            left("who", line -> line.getKey().contender()),
            left("driver", line -> line.getKey().driver()),
            right("median", line -> number(median(values(line.getValue())))),
            right("range", line -> range(values(line.getValue()))),
            left("unit", line -> line.getKey().unit()),
            right("CPU: driver", line -> share(line.getValue(), "driver")),
            right("server", line -> share(line.getValue(), "server")),
            right("database", line -> share(line.getValue(), "database")),
            right("per CPU second\nof the server", line -> perCpuSecond(line.getValue())));
    return table(readings.entrySet(), columns);
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static String verdict(Figure figure, double value) {
    if (figure.bound().text().isEmpty()) {
      return "";
    }
    return figure.bound().holds(value) ? "yes" : "NO";
  }

  private static double ours(Score score, List<Score> scores) {
    return scores.stream()
        .filter(
            other ->
                other.way().equals(EngineRun.OURS)
                    && other.benchmark().equals(score.benchmark())
                    && other.threads() == score.threads()
                    && other.ids() == score.ids())
        .mapToDouble(ours -> ours.callsPerMicrosecond() / score.callsPerMicrosecond())
        .findFirst()
        .orElse(Double.NaN);
  }

  private static List<Double> values(List<Reading> readings) {
    return readings.stream().map(Reading::value).toList();
  }

  private static String range(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return number(sorted.getFirst()) + " to " + number(sorted.getLast());
  }

  private static String share(List<Reading> readings, String who) {
    List<Double> shares =
        readings.stream()
            .filter(reading -> reading.shares().containsKey(who))
            .map(reading -> reading.shares().getOrDefault(who, 0.0))
            .toList();
    return shares.isEmpty() ? "" : String.format(Locale.ROOT, "%.0f %%", median(shares) * 100);
  }

  /** The calls per second of processor time, where the machine is shared. */
  private static String perCpuSecond(List<Reading> readings) {
    double cores = Runtime.getRuntime().availableProcessors();
    List<Double> rates =
        readings.stream()
            .filter(reading -> reading.shares().getOrDefault("server", 0.0) > 0)
            .map(
                reading -> reading.value() / (reading.shares().getOrDefault("server", 1.0) * cores))
            .toList();
    return rates.isEmpty() ? "" : number(median(rates));
  }

  /** To three digits where it is small, and to the whole number where it is not. */
  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 1_000 ? "%.3f" : "%,.0f", value);
  }

  private static <T> String table(Collection<T> lines, List<ColumnData<T>> columns) {
    return AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, lines, columns);
  }

  private static <T> ColumnData<T> left(String header, Function<T, String> cell) {
    return new Column()
        .header(header)
        .dataAlign(HorizontalAlign.LEFT)
        .maxWidth(MAX_CELL)
        .with(cell);
  }

  private static <T> ColumnData<T> right(String header, Function<T, String> cell) {
    return new Column().header(header).dataAlign(HorizontalAlign.RIGHT).with(cell);
  }
}
