package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.loadonce.server.settings.Setting;
import io.loadonce.server.settings.SettingTexts;
import io.loadonce.server.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files for deployment name metrics, settings, paths and pages that exist. */
class DeployTest {

  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final Path DOCS = Path.of("..", "docs");

  private static final List<String> COMPOSE = List.of("compose.yaml", "fleet-compose.yaml");
  private static final List<String> KUBERNETES =
      List.of("kubernetes.yaml", "fleet-kubernetes.yaml");

  private static final Pattern METRIC =
      Pattern.compile("\\b(loadonce_[a-z_]+?)(_bucket|_sum|_count)?(?:\\{([^}]*)})?(?![a-z_])");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=~?\"([\\w|]+)\"");
  private static final Pattern VARIABLE = Pattern.compile("\\bLOADONCE_[A-Z_]+");
  private static final Pattern ALERT = Pattern.compile("alert: (\\w+)");
  private static final Pattern SECONDS = Pattern.compile("(\\d+)s");

  @Test
  void prometheusAndGrafana_metricsThatTheyName_exist() throws IOException {
    for (String file : List.of("prometheus/alerts.yaml", "grafana/loadonce.json")) {
      String text = read(file).replace("\\\"", "\"");
      assertThat(METRIC.matcher(text).results()).hasSizeGreaterThan(10);
      assertThat(unknownMetrics(text)).as(file).isEmpty();
    }
    assertThat(JsonParser.parseString(read("grafana/loadonce.json")).isJsonObject()).isTrue();
  }

  @Test
  void prometheus_plantedNames_areRed() throws IOException {
    assertThat(unknownMetrics("loadonce_no_such_total > loadonce_lookups_total{outcome=\"memry\"}"))
        .containsExactly("loadonce_no_such_total", "loadonce_lookups_total{outcome=memry}");
  }

  @Test
  void alerts_each_hasATestAndSaysWhatToDo() throws IOException {
    String tests = read("prometheus/alerts.test.yaml");
    String page = Files.readString(DOCS.resolve("operations.md"));
    List<String> alerts =
        ALERT.matcher(read("prometheus/alerts.yaml")).results().map(each -> each.group(1)).toList();
    assertThat(alerts).hasSizeGreaterThan(8);
    for (String alert : alerts) {
      assertThat(page).contains("\n### " + alert + "\n");
      assertThat(tests).contains("alertname: " + alert + "\n        exp_alerts: []");
      assertThat(tests).contains("alertname: " + alert + "\n        exp_alerts:\n");
      assertThat(read("prometheus/alerts.yaml"))
          .contains("docs/operations.md#" + alert.toLowerCase(Locale.ROOT) + "\n");
    }
  }

  @Test
  void alerts_promtool_findsNothingAndTheirTestsPass() throws Exception {
    Promtool promtool = Promtool.find();
    Path alerts = DEPLOY.resolve("prometheus");
    assertThat(promtool.run("", "check", "rules", alerts.resolve("alerts.yaml").toString()))
        .contains("SUCCESS");
    assertThat(promtool.run("", "check", "config", alerts.resolve("prometheus.yaml").toString()))
        .contains("SUCCESS")
        .doesNotContain("FAILED");
    assertThat(promtool.run("", "test", "rules", alerts.resolve("alerts.test.yaml").toString()))
        .contains("SUCCESS")
        .doesNotContain("FAILED");
  }

  @Test
  void containers_variables_areSettings() throws IOException {
    List<String> known =
        Stream.concat(
                Stream.of("LOADONCE_CONFIG"),
                Stream.of(Setting.values()).map(each -> "LOADONCE_" + each.name()))
            .toList();
    for (String file : Stream.concat(COMPOSE.stream(), KUBERNETES.stream()).toList()) {
      TreeSet<String> named = new TreeSet<>();
      VARIABLE.matcher(read(file)).results().forEach(each -> named.add(each.group()));
      assertThat(named).as(file).isNotEmpty();
      assertThat(known).as(file).containsAll(named);
    }
  }

  @Test
  void compose_stopGracePeriod_isLongerThanTheDrain() throws IOException {
    for (String file : COMPOSE) {
      Map<?, ?> compose = at(documents(file).getFirst(), "services", "loadonce");
      assertThat(seconds(value(compose, "stop_grace_period")))
          .as(file)
          .isGreaterThanOrEqualTo(drainSeconds(at(compose, "environment")) + 5);
    }
  }

  @Test
  void kubernetes_stopGracePeriod_isLongerThanTheDrain() throws IOException {
    for (String file : KUBERNETES) {
      Map<?, ?> pod = at(documents(file).get(1), "spec", "template", "spec");
      Map<?, ?> container = (Map<?, ?>) ((List<?>) value(pod, "containers")).getFirst();
      Map<Object, Object> variables =
          ((List<?>) value(container, "env"))
              .stream()
                  .map(each -> (Map<?, ?>) each)
                  .collect(
                      Collectors.toMap(each -> value(each, "name"), each -> value(each, "value")));
      assertThat((Integer) value(pod, "terminationGracePeriodSeconds"))
          .as(file)
          .isGreaterThanOrEqualTo(drainSeconds(variables) + 5);
      assertThat(container.toString())
          .contains("path=/livez", "containerPort=" + Setting.ADMIN_PORT.defaultText())
          .contains("grpc={port=" + Setting.PORT.defaultText());
    }
  }

  @Test
  void kubernetes_settingsFiles_areAccepted(@TempDir Path directory) throws IOException {
    Path password = Files.writeString(directory.resolve("password"), "secret");
    for (String file : KUBERNETES) {
      Object config = at(documents(file).getFirst(), "data").get("loadonce.yaml");
      String text =
          String.valueOf(config)
              .replace("/etc/loadonce-secret/password", password.toString())
              .replace("/etc/loadonce-valkey/password", password.toString());
      Path yaml = Files.writeString(directory.resolve("loadonce.yaml"), text);
      Settings settings =
          Settings.of(SettingTexts.choose(Map.of("--config", yaml.toString()), Map.of()), 1 << 30);
      assertThat(settings.lookupNames()).as(file).containsExactly("product");
      assertThat(settings.tier().isPresent()).as(file).isEqualTo(file.startsWith("fleet-"));
    }
  }

  /** The variables of the service, and the name of the Redis among the services beside it. */
  @Test
  void fleetCompose_variables_areAcceptedAndNameTheServices(@TempDir Path directory)
      throws IOException {
    Object compose = documents("fleet-compose.yaml").getFirst();
    Path password = Files.writeString(directory.resolve("password"), "secret");
    Map<String, String> variables = new HashMap<>();
    at(compose, "services", "loadonce", "environment")
        .forEach((name, text) -> variables.put(String.valueOf(name), String.valueOf(text)));
    variables.replace("LOADONCE_DB_PASSWORD_FILE", password.toString());
    Settings settings = Settings.of(SettingTexts.choose(Map.of(), variables), 1 << 30);
    assertThat(settings.tier().orElseThrow().url()).isEqualTo("redis://valkey:6379");
    assertThat(settings.database().url()).contains("//postgres:5432/");
    assertThat(at(compose, "services").keySet().toString()).contains("valkey", "postgres");
  }

  private static List<String> unknownMetrics(String text) throws IOException {
    String page = Files.readString(DOCS.resolve("metrics.md"));
    List<String> unknown = new ArrayList<>();
    for (MatchResult each : METRIC.matcher(text).results().toList()) {
      Matcher row =
          Pattern.compile("(?m)^\\| `" + each.group(1) + "(\\{[^}]*})?` .*$").matcher(page);
      if (!row.find()) {
        unknown.add(each.group(1));
        continue;
      }
      String labels = each.group(3) == null ? "" : each.group(3);
      for (MatchResult label : LABEL.matcher(labels).results().toList()) {
        for (String value : label.group(2).split("\\|", -1)) {
          if (!row.group().contains("`" + value + "`")) {
            unknown.add("%s{%s=%s}".formatted(each.group(1), label.group(1), value));
          }
        }
      }
    }
    return unknown;
  }

  private static int drainSeconds(Map<?, ?> variables) {
    return seconds(value(variables, "LOADONCE_DRAIN_WAIT"))
        + seconds(value(variables, "LOADONCE_DRAIN_TIMEOUT"));
  }

  private static int seconds(Object text) {
    Matcher seconds = SECONDS.matcher(String.valueOf(text));
    assertThat(seconds.matches()).as("%s", text).isTrue();
    return Integer.parseInt(seconds.group(1));
  }

  private static Object value(Map<?, ?> map, String key) {
    return Objects.requireNonNull(map.get(key), key);
  }

  private static Map<?, ?> at(Object document, String... path) {
    Object here = document;
    for (String key : path) {
      here = value((Map<?, ?>) here, key);
    }
    return (Map<?, ?>) here;
  }

  private static List<Object> documents(String file) throws IOException {
    List<Object> documents = new ArrayList<>();
    new Load(LoadSettings.builder().build()).loadAllFromString(read(file)).forEach(documents::add);
    return documents;
  }

  private static String read(String file) throws IOException {
    return Files.readString(DEPLOY.resolve(file));
  }
}
