package io.loadonce.commands.load.report;

import io.loadonce.commands.load.record.HistogramText;
import io.loadonce.commands.load.record.RunJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** The bars of a histogram of latencies. Each is by the same factor wider than the one before. */
public final class Bars {

  private static final int MOST_BARS = 20;

  /** The width of the longest bar, in characters. */
  private static final long LONGEST_BAR = 40;

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

  /** The bars as lines of text, with the percentiles below them, without a line end at the end. */
  public static String text(Histogram histogram) {
    List<Bar> bars = of(histogram);
    long most = bars.stream().mapToLong(Bar::calls).max().orElse(1);
    StringBuilder text = new StringBuilder("latency in ms of the calls that succeeded");
    for (Bar bar : bars) {
      String line =
          String.format(
              Locale.ROOT,
              "%n%10.3f to %10.3f |%,11d |%s",
              bar.fromMs,
              bar.toMs,
              bar.calls,
              "#".repeat((int) Math.ceilDiv(bar.calls * LONGEST_BAR, most)));
      text.append(line);
    }
    String percentiles =
        Arrays.stream(RunJson.percentiles())
            .mapToObj(
                each ->
                    String.format(
                        Locale.ROOT,
                        "%s %.3f",
                        RunJson.name(each),
                        HistogramText.millis(histogram, each)))
            .collect(Collectors.joining(", "));
    return text.append(System.lineSeparator()).append(percentiles).toString();
  }
}
