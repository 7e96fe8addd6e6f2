package io.loadonce.commands.load;

import io.loadonce.commands.load.record.RunRecord;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A limit of a load test, such as {@code p99 > 20ms}: the test fails if the comparison is true.
 *
 * @param text as it was written
 * @param above whether the test fails above the limit; else it fails below it
 * @param limit in the unit of the measure; errors as a share, 0 to 1
 */
public record Threshold(String text, Measure measure, boolean above, double limit) {

  private static final Pattern FORM =
      Pattern.compile("\\s*([a-z0-9._]+)\\s*([<>])\\s*(\\d{1,12}(?:\\.\\d{1,9})?)(us|ms|s|%|)\\s*");

  /** What a threshold can limit. */
  public enum Measure {
    /** Percentiles of the calls that succeeded, in milliseconds. */
    P50("p50", true),
    P90("p90", true),
    P99("p99", true),
    P999("p99.9", true),
    MAX("max", true),
    /** The share of the calls that failed or were not sent; a batch fails only as a whole. */
    ERRORS("errors", false),
    /** Calls that were due and could not be sent. */
    UNSENT("unsent", false),
    /** Calls that succeeded, in a second. */
    CALLS_PER_SECOND("calls_per_second", false),
    /** Queries that the server ran, warm-up included. */
    QUERIES("queries", false),
    /** Queries that the server ran for each call, warm-up included in both. */
    QUERIES_PER_CALL("queries_per_call", false),
    /** Queries that the server ran for each different id, warm-up included in both. */
    QUERIES_PER_ID("queries_per_id", false),
    /** Ids that the server loaded for each different id, warm-up included in both. */
    LOADS_PER_ID("loads_per_id", false);

    private final String name;
    private final boolean time;

    Measure(String name, boolean time) {
      this.name = name;
      this.time = time;
    }

    /** Whether the value comes from the admin port. */
    public boolean isOfServer() {
      return switch (this) {
        case QUERIES, QUERIES_PER_CALL, QUERIES_PER_ID, LOADS_PER_ID -> true;
        default -> false;
      };
    }

    /** The value of a load test; not a number if it is not known. */
    private double of(LoadReport report) {
      LoadResult result = report.result();
      return switch (this) {
        case P50 -> latency(result, result.latencies().p50Millis());
        case P90 -> latency(result, result.latencies().p90Millis());
        case P99 -> latency(result, result.latencies().p99Millis());
        case P999 -> latency(result, result.latencies().p999Millis());
        case MAX -> latency(result, result.latencies().maxMillis());
        case ERRORS -> result.errors();
        case UNSENT -> result.unsentCalls();
        case CALLS_PER_SECOND -> result.perSecond(result.succeeded());
        case QUERIES -> queries(report);
        case QUERIES_PER_CALL -> queries(report) / (result.calls() + result.warmUpCalls());
        case QUERIES_PER_ID -> perId(result, queries(report));
        case LOADS_PER_ID -> perId(result, loads(report));
      };
    }

    private static double latency(LoadResult result, double millis) {
      return result.succeeded() == 0 ? Double.NaN : millis;
    }

    /** Not known if the calls have no ids. */
    private static double perId(LoadResult result, double value) {
      return result.differentIds() == 0 ? Double.NaN : value / result.differentIds();
    }

    private static double queries(LoadReport report) {
      return report.server() instanceof ServerCounters.Known known ? known.queries() : Double.NaN;
    }

    private static double loads(LoadReport report) {
      return report.server() instanceof ServerCounters.Known known ? known.idsLoaded() : Double.NaN;
    }
  }

  /**
   * Reads a threshold.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  public static Threshold parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a threshold such as 'p99 > 20ms', 'errors > 0.1%%' or 'queries > 1'"
              .formatted(text));
    }
    Measure measure =
        Arrays.stream(Measure.values())
            .filter(each -> each.name.equals(parts.group(1)))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(unknown(text, parts.group(1))));
    double number = Double.parseDouble(parts.group(3));
    double limit =
        switch (parts.group(4)) {
          case "us" -> number / 1e3;
          case "s" -> number * 1e3;
          case "%" -> number / 100;
          default -> number;
        };
    requireUnit(text, measure, parts.group(4));
    return new Threshold(text.strip(), measure, parts.group(2).equals(">"), limit);
  }

  private static String unknown(String text, String name) {
    return Arrays.stream(Measure.values())
        .map(each -> each.name)
        .collect(
            Collectors.joining(
                ", ", "'%s': %s is not measured; use one of ".formatted(text, name), ""));
  }

  private static void requireUnit(String text, Measure measure, String unit) {
    boolean fits =
        switch (unit) {
          case "us", "ms", "s" -> measure.time;
          case "%" -> measure == Measure.ERRORS;
          default -> !measure.time && measure != Measure.ERRORS;
        };
    if (!fits) {
      String right =
          measure.time
              ? "a time such as 20ms"
              : measure == Measure.ERRORS ? "a share such as 0.1%" : "a number without a unit";
      throw new IllegalArgumentException(
          "'%s': %s is compared with %s".formatted(text, measure.name, right));
    }
  }

  /**
   * Says whether the test fails by this threshold, and why. A value that is not known fails: a
   * check without a value has checked nothing.
   */
  public RunRecord.Threshold judge(LoadReport report) {
    double value = measure.of(report);
    String missed = null;
    if (Double.isNaN(value)) {
      missed = "%s: the value of %s is not known".formatted(text, measure.name);
    } else if (above ? value > limit : value < limit) {
      missed = "%s: it is %s".formatted(text, written(value));
    }
    return new RunRecord.Threshold(text, missed);
  }

  private String written(double value) {
    return measure.time
        ? String.format(Locale.ROOT, "%.3f ms", value)
        : measure == Measure.ERRORS
            ? String.format(Locale.ROOT, "%.3f %%", value * 100)
            : String.format(Locale.ROOT, "%.3f", value);
  }
}
