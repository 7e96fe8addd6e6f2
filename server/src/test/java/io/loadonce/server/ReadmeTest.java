package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.CountedDatabase;
import io.loadonce.server.settings.Setting;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.Resource;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's tables are what the code says, and are made so with {@code -Dreadme=write}; its
 * command for another table is run.
 */
@Timeout(60)
class ReadmeTest {

  private static final Path README = Path.of("..", "README.md");
  private static final String ANOTHER_TABLE = "./loadonce serve --db-url";

  private static final Pattern REASON =
      Pattern.compile("(?m)^// {3}([A-Z_]+) +([A-Z_]+) +([A-Z].*(?:\n// {20,}.*)*)");

  private static final Pattern HELP = Pattern.compile("(?m)^# HELP (loadonce_\\w+) (.*)$");
  private static final Pattern LABEL = Pattern.compile("(?m)^(loadonce_\\w+)\\{(\\w+)=\"(\\w+)\"}");

  @Test
  void settings_table_isThatOfTheKeys() throws IOException {
    assertThatReadmeHas(settings());
  }

  @Test
  void statuses_table_isThatOfTheContract() throws IOException {
    assertThatReadmeHas(statuses());
  }

  @Test
  void metrics_table_isThatOfARunningService() throws Exception {
    assertThatReadmeHas(metrics());
  }

  @Test
  void table_plantedOtherDefault_isRed() throws IOException {
    String page = Files.readString(README);
    assertThat(page).contains("| `50051` |");
    String wrong = page.replace("| `50051` |", "| `50052` |");
    assertThat(settings().putInto(wrong)).isEqualTo(page).isNotEqualTo(wrong);
  }

  @Test
  void table_noPlaceForIt_isRed() {
    assertThatThrownBy(() -> settings().putInto("# Loadonce\n"))
        .hasMessage("no place for table settings");
  }

  @Test
  void serve_anotherTable_answersAsTheReadmeSays(@TempDir Path directory) throws Exception {
    Map<String, String> flags = anotherTable();
    assertThat(flags).containsKeys("--db-user", "--db-password-file", "--version-column");
    Path password = Files.writeString(directory.resolve("password"), "not asked for");
    try (CountedDatabase database = CountedDatabase.postgres()) {
      database.execute(
          "CREATE TABLE product (sku text PRIMARY KEY, price numeric, version bigint)");
      database.execute("INSERT INTO product VALUES ('tea-1', 4.20, 7)");
      flags.put("--db-url", database.url());
      flags.put("--db-user", database.user());
      flags.put("--db-password-file", password.toString());
      try (RunningService service = RunningService.with(flags)) {
        GetRequest request = GetRequest.newBuilder().setId("tea-1").setMinVersion(7).build();
        Resource product = service.stub().get(request).getResource();
        assertThat(product.getVersion()).isEqualTo(7);
        assertThat(product.getData().getFieldsOrThrow("price").getStringValue()).isEqualTo("4.20");
      }
    }
  }

  private static void assertThatReadmeHas(ReadmeTable table) throws IOException {
    String page = Files.readString(README);
    String right = table.putInto(page);
    if ("write".equals(System.getProperty("readme"))) {
      Files.writeString(README, right);
      return;
    }
    assertThat(page).as("run with -Dreadme=write").isEqualTo(right);
  }

  private static ReadmeTable settings() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("flag", "environment", "default", "unit", "meaning"));
    for (Setting setting : Setting.values()) {
      rows.add(
          List.of(
              code(setting.flag()),
              code(setting.variable()),
              setting.defaultText().isEmpty() ? "" : code(setting.defaultText()),
              setting.unit(),
              setting.description()));
    }
    return new ReadmeTable("settings", rows);
  }

  private static ReadmeTable statuses() throws IOException {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("status", "reason", "when"));
    for (MatchResult reason : REASON.matcher(contract()).results().toList()) {
      String when = reason.group(3).replaceAll("\n// +", " ");
      rows.add(List.of(code(reason.group(1)), code(reason.group(2)), when));
    }
    return new ReadmeTable("statuses", rows);
  }

  private static ReadmeTable metrics() throws IOException, InterruptedException {
    String scrape = scrape();
    Map<String, TreeSet<String>> labels = new HashMap<>();
    for (MatchResult label : LABEL.matcher(scrape).results().toList()) {
      String name = "%s{%s}".formatted(label.group(1), label.group(2));
      labels.computeIfAbsent(name, _ -> new TreeSet<>()).add(code(label.group(3)));
    }
    TreeMap<String, String> meanings = new TreeMap<>();
    HELP.matcher(scrape).results().forEach(help -> meanings.put(help.group(1), help.group(2)));
    labels.forEach(
        (name, values) -> {
          String meaning = meanings.remove(name.substring(0, name.indexOf('{')));
          meanings.put(name, meaning + ": " + String.join(", ", values));
        });
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("metric", "meaning"));
    meanings.forEach((name, meaning) -> rows.add(List.of(code(name), meaning)));
    return new ReadmeTable("metrics", rows);
  }

  private static String scrape() throws IOException, InterruptedException {
    try (RunningService service = RunningService.with(Map.of());
        HttpClient http = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://" + service.admin() + "/metrics");
      return http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
    }
  }

  /** The flags of the README's command. */
  private static Map<String, String> anotherTable() throws IOException {
    String page = Files.readString(README).replaceAll("\\\\\n\\s*", " ");
    String command =
        page.lines().filter(line -> line.startsWith(ANOTHER_TABLE)).findFirst().orElseThrow();
    Map<String, String> flags = new HashMap<>();
    Matcher flag = Pattern.compile("(--[a-z-]+) +(?:\"([^\"]*)\"|(\\S+))").matcher(command);
    while (flag.find()) {
      String quoted = flag.group(2);
      flags.put(flag.group(1), quoted == null ? flag.group(3) : quoted);
    }
    return flags;
  }

  private static String contract() throws IOException {
    try (InputStream proto =
        ReadmeTest.class.getResourceAsStream("/loadonce/v1/resource_service.proto")) {
      return new String(Objects.requireNonNull(proto).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String code(String text) {
    return "`" + text + "`";
  }
}
