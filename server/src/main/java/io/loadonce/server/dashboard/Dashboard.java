package io.loadonce.server.dashboard;

import com.google.gson.Gson;
import io.loadonce.server.access.AccessSettings;
import io.loadonce.server.ports.Page;
import io.loadonce.server.ports.Page.Content;
import io.loadonce.server.ports.Parameters;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page at {@code /}: what the service does, live. It is one file with its scripts and styles
 * inside; a browser runs only those, by their hash, and loads nothing from elsewhere. It reads
 * {@code /page.json} every second and {@code /explain} on demand. Safe for use by many threads,
 * apart from {@link #sample}.
 */
public final class Dashboard {

  /** Where the library for charts is, in its jar. */
  private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  private static final String HTML = "text/html; charset=utf-8";
  private static final String JSON = "application/json";

  /** Where a text belongs in the page, by its name. */
  private static final Pattern PLACE = Pattern.compile("\\{([a-z-]+)}");

  /** How a setting gets a new value. */
  private static final String WITH_FILE =
      "Write a new value into the settings file and send SIGHUP to the process;"
          + " <code>docs/operations.md</code> has more.";

  private static final String WITHOUT_FILE =
      "The service has no settings file, so a new value needs a restart. Do not send SIGHUP: it"
          + " would end the process at once, without a drain.";

  /** What the commands need if the ports are protected. */
  private static final String PROTECTED =
      "<p>The service has TLS or an access file, so the commands also need a CA"
          + " (<code>--tls-ca</code>), a token (<code>--token-file</code>) or both, as"
          + " <code>docs/access.md</code> says.</p>";

  private final Watched watched;
  private final Samples samples;
  private final Numbers numbers;
  private final Gson gson = new Gson();

  public Dashboard(Watched watched) {
    this.watched = watched;
    this.samples = new Samples(watched);
    this.numbers = new Numbers(watched);
  }

  /** Records what has happened since the last call. To be called once a second, by one thread. */
  public void sample() {
    samples.take();
  }

  /**
   * Returns the pages of this class, followed by the others.
   *
   * @param others which the page lists, too
   */
  public List<Page> pages(List<Page> others) {
    Explanation explanation = new Explanation(watched.lookups(), watched.tier(), System::nanoTime);
    List<Page> all = new ArrayList<>();
    all.add(
        new Page(
            "/explain",
            Page.Readers.OPERATORS,
            "why the last lookup of an id was a miss: /explain?lookup=NAME&id=ID",
            Page.TEXT,
            Page.NOTHING_RUNS,
            explanation::of));
    all.add(
        new Page(
            "/page.json",
            Page.Readers.OPERATORS,
            "the numbers of this page; /page.json?since=N has those after the N-th second",
            JSON,
            Page.NOTHING_RUNS,
            this::json));
    all.add(
        new Page(
            "/ids.txt",
            Page.Readers.OPERATORS,
            "the ids with the most lookups, and random cached ids: /ids.txt?lookup=NAME",
            Page.TEXT,
            Page.NOTHING_RUNS,
            new IdsPage(watched)::of));
    all.addAll(others);
    all.addFirst(page(List.copyOf(all)));
    return all;
  }

  private Content json(Parameters parameters) {
    String since = parameters.first("since");
    if (!since.matches("\\d{0,18}")) {
      return new Content(400, "{\"error\":\"since must be a number of 18 digits at most\"}\n");
    }
    Samples.Series series = samples.since(since.isEmpty() ? 0 : Long.parseLong(since));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("next", series.next());
    series
        .columns()
        .forEach((column, values) -> answer.put(column.name().toLowerCase(Locale.ROOT), values));
    answer.put("states", numbers.states());
    answer.put("counts", numbers.counts());
    answer.put("settings", numbers.settings());
    answer.put("in_force", watched.settings().get());
    return new Content(200, gson.toJson(answer) + "\n");
  }

  private Page page(List<Page> others) {
    String chartStyle = text(CHARTS + "uPlot.min.css");
    String charts = text(CHARTS + "uPlot.iife.min.js");
    String style = text("page.css");
    String script = text("page.js");
    String policy =
        "default-src 'none'; connect-src 'self'; img-src data:; form-action 'self'; base-uri"
            + " 'none';"
            + " frame-ancestors 'none'; script-src %s %s; style-src %s %s"
                .formatted(hash(charts), hash(script), hash(chartStyle), hash(style));
    Map<String, String> fixed =
        Map.ofEntries(
            Map.entry("chart-style", chartStyle),
            Map.entry("style", style),
            Map.entry("charts", charts),
            Map.entry("script", script),
            Map.entry("reload", watched.hasSettingsFile() ? WITH_FILE : WITHOUT_FILE),
            Map.entry("access", isProtected() ? PROTECTED : ""),
            Map.entry("version", Html.escaped(watched.version())),
            Map.entry("pages", list(others)));
    String template = text("page.html");
    return new Page(
        "/",
        Page.Readers.OPERATORS,
        "this page",
        HTML,
        policy,
        _ -> {
          Map<String, String> texts = new HashMap<>(fixed);
          texts.putAll(ofNow());
          return new Content(200, filled(template, texts));
        });
  }

  /** Returns the texts that differ at each reading of the page. */
  private Map<String, String> ofNow() {
    return Map.ofEntries(
        Map.entry("target", Html.escaped(watched.grpc().get().toString())),
        Map.entry("states", numbers.states()),
        Map.entry("counts", numbers.counts()),
        Map.entry("settings", numbers.settings()));
  }

  /** In one pass: what stands in a text, such as an id, is never taken for a place. */
  private static String filled(String template, Map<String, String> texts) {
    return PLACE
        .matcher(template)
        .replaceAll(
            place ->
                Matcher.quoteReplacement(
                    Objects.requireNonNull(texts.get(place.group(1)), place.group())));
  }

  private boolean isProtected() {
    AccessSettings access = watched.access();
    return access.tls().isPresent() || access.accessFile().isPresent();
  }

  private static String list(List<Page> pages) {
    Html html = new Html().raw("<ul>");
    for (Page page : pages) {
      html.raw("<li>").element("code", page.path()).text(": " + page.meaning()).raw("</li>");
    }
    return html.raw("</ul>").toString();
  }

  private static String text(String resource) {
    try (InputStream file = Dashboard.class.getResourceAsStream(resource)) {
      byte[] bytes = Objects.requireNonNull(file, resource).readAllBytes();
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
