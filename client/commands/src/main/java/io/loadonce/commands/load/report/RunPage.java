package io.loadonce.commands.load.report;

import com.google.gson.Gson;
import io.loadonce.commands.load.record.RunRecord;
import io.loadonce.commands.load.record.Second;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RunRecord} as a page for people, with charts. It is one file with its scripts and styles
 * inside; a browser runs only those, by their hash, and loads nothing from elsewhere.
 */
final class RunPage {

  /** Where the library for charts is, in its jar. */
  private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  private static final double MEBIBYTE = 1 << 20;
  private static final Pattern PLACE = Pattern.compile("\\{([a-z-]+)}");

  private RunPage() {}

  /** Writes the page. */
  static String write(RunRecord run) {
    String chartStyle = resource(CHARTS + "uPlot.min.css");
    String charts = resource(CHARTS + "uPlot.iife.min.js");
    String style = resource("page.css");
    String script = resource("page.js");
    String policy =
        "default-src 'none'; img-src data:; base-uri 'none'; script-src %s %s; style-src %s %s"
            .formatted(hash(charts), hash(script), hash(chartStyle), hash(style));
    RunTables tables = new RunTables(run);
    Map<String, String> parts =
        Map.of(
            "policy",
            policy,
            "chart-style",
            chartStyle,
            "style",
            style,
            "charts",
            charts,
            "script",
            script,
            "target",
            Html.escaped(tables.targets()),
            "started",
            Html.escaped(run.drivers().getFirst().started().toString()),
            "summary",
            tables.summary(),
            "tables",
            tables.tables(),
            // Gson writes the characters of markup as numbers.
            "data",
            new Gson().toJson(data(run)));
    // In one pass: what has been put in is not searched for further places.
    return PLACE
        .matcher(resource("page.html"))
        .replaceAll(
            place -> Matcher.quoteReplacement(Objects.requireNonNull(parts.get(place.group(1)))));
  }

  private static Map<String, Object> data(RunRecord run) {
    List<Second> seconds = run.seconds();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("time", column(seconds, Second::second));
    data.put("sent", column(seconds, each -> each.rate(each.sent())));
    data.put("succeeded", column(seconds, each -> each.rate(each.succeeded())));
    data.put("failed", column(seconds, each -> each.rate(each.failed())));
    data.put("unsent", column(seconds, each -> each.rate(each.unsent())));
    data.put("p50", column(seconds, each -> latency(each, each.p50Ms())));
    data.put("p99", column(seconds, each -> latency(each, each.p99Ms())));
    data.put("max", column(seconds, each -> latency(each, each.maxMs())));
    if (seconds.stream().anyMatch(each -> each.server() != null)) {
      data.put("queries", server(seconds, Second.Server::queries));
      data.put("waiters", server(seconds, Second.Server::waiters));
      data.put("heap", server(seconds, each -> each.heapBytes() / MEBIBYTE));
    }
    List<Bars.Bar> bars = Bars.of(run.succeeded());
    data.put(
        "bars",
        Map.of(
            "from", column(bars, Bars.Bar::fromMs),
            "to", column(bars, Bars.Bar::toMs),
            "calls", column(bars, Bars.Bar::calls)));
    return data;
  }

  /** No latency, and not a latency of 0, if no call succeeded. */
  private static @Nullable Double latency(Second second, double millis) {
    return second.succeeded() == 0 ? null : millis;
  }

  private static List<@Nullable Number> server(
      List<Second> seconds, Function<Second.Server, @Nullable Number> number) {
    return column(seconds, each -> each.server() == null ? null : number.apply(each.server()));
  }

  private static <E> List<@Nullable Number> column(
      List<E> rows, Function<E, @Nullable Number> number) {
    return rows.stream().map(number).collect(Collectors.toList());
  }

  private static String resource(String name) {
    try (InputStream file = RunPage.class.getResourceAsStream(name)) {
      byte[] bytes = Objects.requireNonNull(file, name).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-%s'".formatted(Base64.getEncoder().encodeToString(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
