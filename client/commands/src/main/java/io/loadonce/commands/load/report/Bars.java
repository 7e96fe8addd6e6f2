package io.loadonce.commands.load.report;

import io.loadonce.commands.load.record.HistogramText;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The bars of a histogram of latencies. Each is by the same factor wider than the one before. */
public final class Bars {

  private static final int MOST_BARS = 20;

  private Bars() {}

  /**
   * A bar.
   *
   * @param fromMs the shortest latency in it
   * @param toMs the latency at which the next bar begins
   */
  public record Bar(double fromMs, double toMs, long calls) {}

  /** The bars from the shortest to the longest latency; none if the histogram is empty. */
  public static List<Bar> of(Histogram histogram) {
    List<Bar> bars = new ArrayList<>();
    if (histogram.getTotalCount() == 0) {
      return bars;
    }
    long from = Math.max(1, histogram.getMinNonZeroValue());
    long longest = histogram.getMaxValue();
    double factor = Math.max(1.01, Math.pow((longest + 1.0) / from, 1.0 / MOST_BARS));
    double bound = from;
    long counted = 0;
    while (counted < histogram.getTotalCount()) {
      bound *= factor;
      // A value belongs to one bar only: the histogram counts all values of the same three digits.
      long to = Math.min(longest, histogram.highestEquivalentValue((long) bound));
      long calls = histogram.getCountBetweenValues(0, to) - counted;
      bars.add(new Bar(HistogramText.millis(from), HistogramText.millis(to + 1), calls));
      counted += calls;
      from = to + 1;
    }
    return bars;
  }
}
