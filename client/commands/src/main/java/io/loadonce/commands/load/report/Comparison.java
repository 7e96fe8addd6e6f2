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

  private final List<Ratio> ratios;
  private final double tolerance;
  private final long seed;
  private final int blocks;

  private Comparison(List<Ratio> ratios, double tolerance, long seed, int blocks) {
    this.ratios = ratios;
    this.tolerance = tolerance;
    this.seed = seed;
    this.blocks = blocks;
  }

  /** Which of two runs is better. */
  private enum Better {
    A,
    B,
    NONE
  }

  /**
   * B divided by A.
   *
   * @param low the lower end of the confidence interval
   */
  private record Ratio(String name, double a, double b, double low, double high, Better better) {}

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
    Ratios ratios = new Ratios(figures(a), figures(b), drawnOfA, drawnOfB, 1 + tolerance);
    return new Comparison(
        List.of(
            ratios.of("p50 ms", Blocks.Figures::p50, /* lessIsBetter= */ true),
            ratios.of("p99 ms", Blocks.Figures::p99, /* lessIsBetter= */ true),
            ratios.of("succeeded/s", Blocks.Figures::rate, /* lessIsBetter= */ false)),
        tolerance,
        seed,
        Math.min(blocksOfA.count(), blocksOfB.count()));
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
                      number(each.b / each.a),
                      number(each.low) + " to " + number(each.high),
                      each.better == Better.NONE ? "no difference" : each.better.name()
                    })
            .toArray(Object[][]::new);
    Column[] columns =
        Arrays.stream(heads)
            .map(each -> new Column().header(each).dataAlign(HorizontalAlign.RIGHT))
            .toArray(Column[]::new);
    return String.join(
        System.lineSeparator(),
        AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, columns, rows),
        "bootstrap of %,d draws from %d blocks of seconds, seed %d; a difference of up to %s %% counts as none"
            .formatted(DRAWS, blocks, seed, percent()),
        verdict());
  }

  private String verdict() {
    if (!isDifferent()) {
      return "no difference";
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
      double most) {

    Ratio of(String name, ToDoubleFunction<Blocks.Figures> figure, boolean lessIsBetter) {
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
      return new Ratio(name, figure.applyAsDouble(a), figure.applyAsDouble(b), low, high, better);
    }
  }
}
