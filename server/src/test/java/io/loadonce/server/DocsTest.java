package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.server.settings.LookupField;
import io.loadonce.server.settings.Setting;
import io.loadonce.server.settings.SettingGroup;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The tables of settings, statuses and metrics in {@code docs} are what the code says, and are
 * written with {@code -Ddocs=write}; the tests that the guarantees name exist.
 */
@Timeout(60)
class DocsTest {

  private static final Path DOCS = Path.of("..", "docs");

  private static final Pattern REASON =
      Pattern.compile("(?m)^// {3}([A-Z_]+) +([A-Z_]+) +([A-Z].*(?:\n// {20,}.*)*)");

  private static final Pattern JAVA_LINK = Pattern.compile("]\\((\\S+\\.java)\\)");
  private static final Pattern TEST = Pattern.compile("`([a-z]\\w*_\\w+_\\w+)`");

  private static final Pattern HELP = Pattern.compile("(?m)^# HELP (loadonce_\\w+) (.*)$");
  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^(loadonce_\\w+?)(_bucket|_sum|_count)?(?:\\{(.*)})? \\S+$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  private static final Comparator<String> LOOKUP_FIRST =
      Comparator.comparing((String label) -> !label.equals("lookup")).thenComparing(label -> label);

  /** Labels whose values are not those of an enum, and the bounds of a histogram. */
  private static final Set<String> FREE_LABELS = Set.of("lookup", "version", "java", "le");

  @Test
  void settings_tableOfEachGroup_isThatOfItsKeys() throws IOException {
    List<DocTable> tables = new ArrayList<>();
    Stream.of(SettingGroup.values()).map(DocsTest::settings).forEach(tables::add);
    tables.add(yaml());
    assertThatPageHas("settings.md", tables);
  }

  @Test
  void statuses_table_isThatOfTheContract() throws IOException {
    assertThatPageHas("statuses.md", List.of(statuses()));
  }

  @Test
  void metrics_table_isThatOfAListeningService() throws Exception {
    assertThatPageHas("metrics.md", List.of(metrics()));
  }

  @Test
  void guarantees_testsThatTheyName_exist() throws IOException {
    String page = Files.readString(DOCS.resolve("guarantees.md"));
    assertThat(TEST.matcher(page).results()).hasSizeGreaterThan(5);
    assertThat(missingTests(page)).isEmpty();
  }

  @Test
  void guarantees_plantedTestThatIsNotThere_isRed() throws IOException {
    String page = Files.readString(DOCS.resolve("guarantees.md"));
    String wrong = page.replaceFirst("`get_500\\w+`", "`get_noSuch_test`");
    assertThat(missingTests(wrong)).containsExactly("get_noSuch_test");
  }

  @Test
  void table_plantedOtherDefault_isRed() throws IOException {
    String page = Files.readString(DOCS.resolve("settings.md"));
    assertThat(page).contains("| `50051` |");
    String wrong = page.replace("| `50051` |", "| `50052` |");
    assertThat(settings(SettingGroup.PORTS).putInto(wrong)).isEqualTo(page).isNotEqualTo(wrong);
  }

  @Test
  void table_noPlaceForIt_isRed() {
    assertThatThrownBy(() -> settings(SettingGroup.PORTS).putInto("# Settings\n"))
        .hasMessage("no place for table Ports");
  }

  private static void assertThatPageHas(String name, List<DocTable> tables) throws IOException {
    Path file = DOCS.resolve(name);
    String page = Files.readString(file);
    String right = page;
    for (DocTable table : tables) {
      right = table.putInto(right);
    }
    if ("write".equals(System.getProperty("docs"))) {
      Files.writeString(file, right);
      return;
    }
    assertThat(page).as("run with -Ddocs=write").isEqualTo(right);
  }

  /** Tests that a line of the page names and that no file has to which the same line links. */
  private static List<String> missingTests(String page) throws IOException {
    List<String> missing = new ArrayList<>();
    for (String line : page.lines().toList()) {
      StringBuilder linked = new StringBuilder();
      for (MatchResult link : JAVA_LINK.matcher(line).results().toList()) {
        linked.append(Files.readString(DOCS.resolve(link.group(1))));
      }
      TEST.matcher(line)
          .results()
          .map(test -> test.group(1))
          .filter(test -> linked.indexOf("void " + test + "(") < 0)
          .forEach(missing::add);
    }
    return missing;
  }

  private static DocTable settings(SettingGroup group) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("flag", "default", "unit", "meaning"));
    for (Setting setting : Setting.values()) {
      if (setting.group() == group) {
        String standard = setting.defaultText();
        rows.add(
            List.of(
                code(setting.flag()),
                standard.isEmpty() ? "" : code(standard),
                setting.unit(),
                setting.description()
                    + (setting.changesWhileRunning() ? " Can change at SIGHUP." : "")));
      }
    }
    return new DocTable(group.heading(), rows);
  }

  /** Each key of a YAML file, and whether it stands at the top, in a lookup or in both. */
  private static DocTable yaml() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("key", "for the process", "in a lookup", "meaning"));
    for (LookupField key : LookupField.values()) {
      rows.add(List.of(code(key.key()), "", code(key.unit()), key.description()));
    }
    for (Setting setting : Setting.values()) {
      String section = setting.isInDatabaseSection() ? "in `database`" : "yes";
      switch (setting.scope()) {
        case ONE_LOOKUP -> {}
        case PROCESS, EACH_LOOKUP ->
            rows.add(
                List.of(
                    code(setting.yamlKey()),
                    section,
                    setting.scope() == Setting.Scope.EACH_LOOKUP ? "yes" : "",
                    "as " + code(setting.flag())));
      }
    }
    return new DocTable("YAML", rows);
  }

  private static DocTable statuses() throws IOException {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("status", "reason", "when"));
    for (MatchResult reason : REASON.matcher(contract()).results().toList()) {
      String when = reason.group(3).replaceAll("\n// +", " ");
      rows.add(List.of(code(reason.group(1)), code(reason.group(2)), when));
    }
    return new DocTable("statuses", rows);
  }

  private static DocTable metrics() throws IOException, InterruptedException {
    String scrape = scrape();
    Map<String, Map<String, Set<String>>> labels = new HashMap<>();
    for (MatchResult sample : SAMPLE.matcher(scrape).results().toList()) {
      Map<String, Set<String>> known =
          labels.computeIfAbsent(sample.group(1), _ -> new TreeMap<>(LOOKUP_FIRST));
      String of = Objects.requireNonNullElse(sample.group(3), "");
      LABEL
          .matcher(of)
          .results()
          .filter(label -> !label.group(1).equals("le"))
          .forEach(
              label ->
                  known
                      .computeIfAbsent(label.group(1), _ -> new TreeSet<>())
                      .add(code(label.group(2))));
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("metric", "meaning"));
    TreeMap<String, String> meanings = new TreeMap<>();
    HELP.matcher(scrape).results().forEach(help -> meanings.put(help.group(1), help.group(2)));
    meanings.forEach(
        (name, meaning) -> {
          Map<String, Set<String>> known = labels.getOrDefault(name, new TreeMap<>());
          String named =
              known.isEmpty() ? name : name + "{" + String.join(",", known.keySet()) + "}";
          known.keySet().removeAll(FREE_LABELS);
          String values =
              known.entrySet().stream()
                  .map(
                      label ->
                          (known.size() == 1 ? "" : label.getKey() + " ")
                              + String.join(", ", label.getValue()))
                  .collect(Collectors.joining("; "));
          String kind = scrape.contains("# TYPE " + name + " histogram") ? " (histogram)" : "";
          rows.add(List.of(code(named), meaning + kind + (values.isEmpty() ? "" : ": " + values)));
        });
    return new DocTable("metrics", rows);
  }

  private static String scrape() throws IOException, InterruptedException {
    try (RunningService service =
            RunningService.with(
                Map.of(
                    "--listen", "true",
                    "--redis-url", "redis://127.0.0.1:1",
                    "--trace-endpoint", "http://127.0.0.1:1"));
        HttpClient http = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://" + service.admin() + "/metrics");
      return http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
    }
  }

  private static String contract() throws IOException {
    try (InputStream proto =
        DocsTest.class.getResourceAsStream("/loadonce/v1/resource_service.proto")) {
      return new String(Objects.requireNonNull(proto).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String code(String text) {
    return "`" + text + "`";
  }
}
