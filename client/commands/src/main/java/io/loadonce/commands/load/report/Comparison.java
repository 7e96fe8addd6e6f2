package io.loadonce.commands.load.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import io.loadonce.commands.load.record.RunRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Whether two runs differ. Two runs of the same server are never the same, so each ratio has a
 * confidence interval by bootstrap, and differences below a tolerance count as none.
 */
public final class Comparison {

  private static final int DRAWS = 1_000;

  /** Of 100 pairs of runs without a difference, about this many have a ratio outside of it. */
  private static final double OUTSIDE = 0.01;

  private static final int FEWEST_SECONDS = 5;

  /** From fewer seconds, the interval would be too narrow, so that noise were a difference. */
  private static final int FEWEST_SECONDS_OF_AN_INTERVAL = 20;

  private static final String TOO_FEW_SECONDS = "too few seconds";

  /** Shares of failed calls that are no further apart are no difference; in percent. */
  private static final double MOST_PERCENT_APART = 1;

  /** The flags that decide what is measured. */
  private static final List<String> FLAGS =
      List.of("--rate", "--plan", "--ids", "--ids-file", "--callers", "--call", "--data");

  private final List<Ratio> ratios;
  private final double tolerance;
  private final long seed;
  private final int blocks;
  private final List<String> otherFlags;

  private Comparison(
      List<Ratio> ratios, double tolerance, long seed, int blocks, List<String> otherFlags) {
    this.ratios = ratios;
    this.tolerance = tolerance;
    this.seed = seed;
    this.blocks = blocks;
    this.otherFlags = otherFlags;
  }

  /** Which of two runs is better. */
  private enum Better {
    A,
    B,
    NONE;

    String text(String interval) {
      if (this != NONE) {
        return name();
      }
      return interval.equals(TOO_FEW_SECONDS) ? "unknown" : "no difference";
    }
  }

  /**
   * B divided by A.
   *
   * @param interval of confidence, for people
   */
  private record Ratio(String name, double a, double b, String interval, Better better) {}

  /**
   * Compares two runs.
   *
   * @param tolerance a ratio of up to {@code 1 + tolerance}, or its inverse, is no difference; 0 to
   *     10
   * @throws IllegalArgumentException with one line, if a run is too short or has no call that
   *     succeeded
   */
  public static Comparison of(RunRecord a, RunRecord b, double tolerance, long seed) {
    if (!(tolerance >= 0 && tolerance <= 10)) {
      throw new IllegalArgumentException(
          "tolerance is %s%% but must be from 0%% to 1000%%".formatted(tolerance * 100));
    }
    require("A", a);
    require("B", b);
    Blocks blocksOfA = Blocks.of(a);
    Blocks blocksOfB = Blocks.of(b);
    SplittableRandom random = new SplittableRandom(seed);
    List<Blocks.Figures> drawnOfA = new ArrayList<>();
    List<Blocks.Figures> drawnOfB = new ArrayList<>();
    for (int i = 0; i < DRAWS; i++) {
      drawnOfA.add(blocksOfA.draw(random));
      drawnOfB.add(blocksOfB.draw(random));
    }
    boolean hasIntervals =
        Math.min(a.seconds().size(), b.seconds().size()) >= FEWEST_SECONDS_OF_AN_INTERVAL;
    Ratios ratios =
        new Ratios(figures(a), figures(b), drawnOfA, drawnOfB, 1 + tolerance, hasIntervals);
    return new Comparison(
        List.of(
            ratios.of("p50 ms", Blocks.Figures::p50, /* lessIsBetter= */ true),
            ratios.of("p99 ms", Blocks.Figures::p99, /* lessIsBetter= */ true),
            ratios.of("succeeded/s", Blocks.Figures::rate, /* lessIsBetter= */ false),
            failed(a, b)),
        tolerance,
        seed,
        Math.min(blocksOfA.count(), blocksOfB.count()),
        FLAGS.stream().filter(each -> !values(a, each).equals(values(b, each))).toList());
  }

  /** The calls that failed or were due and not sent. */
  private static Ratio failed(RunRecord a, RunRecord b) {
    double percentOfA = failedPercent(a);
    double percentOfB = failedPercent(b);
    Better better = Better.NONE;
    if (Math.abs(percentOfA - percentOfB) > MOST_PERCENT_APART) {
      better = percentOfA < percentOfB ? Better.A : Better.B;
    }
    return new Ratio("failed or not sent %", percentOfA, percentOfB, "", better);
  }

  private static double failedPercent(RunRecord run) {
    return 100.0
        * (run.failed().getTotalCount() + run.unsentCalls())
        / (run.calls() + run.unsentCalls());
  }

  /** What the command lines of a run have set for a flag. */
  private static List<String> values(RunRecord run, String flag) {
    List<String> values = new ArrayList<>();
    for (RunRecord.Driver driver : run.drivers()) {
      List<String> command = driver.command();
      for (int i = 0; i < command.size(); i++) {
        if (command.get(i).startsWith(flag + "=")) {
          values.add(command.get(i).substring(flag.length() + 1));
        } else if (command.get(i).equals(flag) && i + 1 < command.size()) {
          values.add(command.get(i + 1));
        }
      }
    }
    return values;
  }

  /** Whether a figure differs. */
  public boolean isDifferent() {
    return ratios.stream().anyMatch(each -> each.better != Better.NONE);
  }

  /** A table and the lines below it, without a line end at the end. */
  public String text() {
    String[] heads = {"", "A", "B", "B/A", "99 % confidence", "better"};
    Object[][] rows =
        ratios.stream()
            .map(
                each ->
                    new Object[] {
                      each.name,
                      number(each.a),
                      number(each.b),
                      each.a == 0 ? "" : number(each.b / each.a),
                      each.interval,
                      each.better.text(each.interval)
                    })
            .toArray(Object[][]::new);
    Column[] columns =
        Arrays.stream(heads)
            .map(each -> new Column().header(each).dataAlign(HorizontalAlign.RIGHT))
            .toArray(Column[]::new);
    List<String> lines = new ArrayList<>();
    lines.add(AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, columns, rows));
    lines.add(
        "bootstrap of %,d draws from %d blocks of seconds, seed %d; a difference of up to %s %% counts as none"
            .formatted(DRAWS, blocks, seed, percent()));
    if (!otherFlags.isEmpty()) {
      lines.add(
          "the runs do not measure the same: they differ in " + String.join(", ", otherFlags));
    }
    lines.add(verdict());
    return String.join(System.lineSeparator(), lines);
  }

  private String verdict() {
    if (!isDifferent()) {
      return ratios.stream().anyMatch(each -> each.interval.equals(TOO_FEW_SECONDS))
          ? "too few seconds to compare latencies and rates: each run needs %d or more"
              .formatted(FEWEST_SECONDS_OF_AN_INTERVAL)
          : "no difference";
    }
    return ratios.stream()
        .filter(each -> each.better != Better.NONE)
        .map(each -> "%s is better in %s".formatted(each.better, each.name))
        .collect(Collectors.joining("; "));
  }

  private String percent() {
    return String.format(Locale.ROOT, "%.4g", tolerance * 100).replaceAll("\\.?0+$", "");
  }

  private static void require(String name, RunRecord run) {
    if (run.seconds().size() < FEWEST_SECONDS) {
      throw new IllegalArgumentException(
          "the run %s has %d seconds, but a comparison needs %d or more"
              .formatted(name, run.seconds().size(), FEWEST_SECONDS));
    }
    if (run.succeeded().getTotalCount() == 0) {
      throw new IllegalArgumentException("the run %s has no call that succeeded".formatted(name));
    }
  }

  private static Blocks.Figures figures(RunRecord run) {
    return new Blocks.Figures(
        run.succeeded().getValueAtPercentile(50) / 1e6,
        run.succeeded().getValueAtPercentile(99) / 1e6,
        run.rate(run.succeeded().getTotalCount()));
  }

  private static String number(double number) {
    return String.format(Locale.ROOT, "%,.3f", number);
  }

  /** Makes a ratio of one figure of the runs and of what was drawn from them. */
  private record Ratios(
      Blocks.Figures a,
      Blocks.Figures b,
      List<Blocks.Figures> drawnOfA,
      List<Blocks.Figures> drawnOfB,
      double most,
      boolean hasIntervals) {

    Ratio of(String name, ToDoubleFunction<Blocks.Figures> figure, boolean lessIsBetter) {
      if (!hasIntervals) {
        return new Ratio(
            name, figure.applyAsDouble(a), figure.applyAsDouble(b), TOO_FEW_SECONDS, Better.NONE);
      }
      double[] drawn = new double[drawnOfA.size()];
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = figure.applyAsDouble(drawnOfB.get(i)) / figure.applyAsDouble(drawnOfA.get(i));
      }
      Arrays.sort(drawn);
      int cut = (int) (drawn.length * OUTSIDE / 2);
      double low = drawn[cut];
      double high = drawn[drawn.length - 1 - cut];
      Better better = Better.NONE;
      if (low > most) {
        better = lessIsBetter ? Better.A : Better.B;
      } else if (high < 1 / most) {
        better = lessIsBetter ? Better.B : Better.A;
      }
      return new Ratio(
          name,
          figure.applyAsDouble(a),
          figure.applyAsDouble(b),
          number(low) + " to " + number(high),
          better);
    }
  }
}
