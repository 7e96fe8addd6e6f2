package io.loadonce.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.loadonce.server.log.LogSettings;
import io.loadonce.server.lookup.LookupConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RunningSettingsTest {

  private static final String SHOP =
      """
      database:
        url: jdbc:postgresql://127.0.0.1/shop
      ttl: 60s
      cache-bytes: 1MiB
      lookups:
        product:
          query: SELECT id FROM product WHERE id IN (:ids)
          key: id bigint
          ttl: 5m
        price:
          query: SELECT id FROM price WHERE id IN (:ids)
          key: id bigint
      """;

  private final Logger logger = (Logger) LoggerFactory.getLogger(RunningSettings.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<Settings> used = new ArrayList<>();

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("loadonce.yaml");
    Files.writeString(file, SHOP);
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
  }

  @Test
  void reload_valuesThatCanChange_areInForceWithTheirOrigin() throws IOException {
    RunningSettings running = load(Map.of("--negative-ttl", "7s"));
    String since = inForce(running, "stale-on-error").since();

    reload(
        running,
        SHOP.replace("ttl: 60s", "ttl: 30s\nnegative-ttl: 1s\nlog-level: warn\nttl-jitter: 0")
            .replace("ttl: 5m", "stale-on-error: 2s")
            .replace("1MiB", "2MiB"));

    assertThat(used).containsExactly(running.settings());
    Settings now = running.settings();
    assertThat(now.log().level()).isEqualTo(LogSettings.Level.WARN);
    LookupConfig product = now.lookups().getFirst();
    LookupConfig price = now.lookups().getLast();
    assertThat(product.cache().timeToLive()).isEqualTo(Duration.ofSeconds(30));
    assertThat(product.load().staleOnError()).isEqualTo(Duration.ofSeconds(2));
    assertThat(product.cache().jitter()).isZero();
    assertThat(product.cache().maxBytes()).isEqualTo(1 << 20);
    assertThat(price.cache().timeToLive()).isEqualTo(Duration.ofSeconds(30));
    assertThat(price.load().staleOnError()).isZero();
    assertThat(price.cache().negativeTimeToLive()).as("a flag wins").hasSeconds(7);

    assertThat(inForce(running, "ttl").value()).isEqualTo("30s");
    assertThat(inForce(running, "ttl").origin()).isEqualTo(file + ":3:6");
    assertThat(running.inForce()).doesNotContainKeys("lookups.product.ttl", "pool-size");
    assertThat(inForce(running, "lookups.product.stale-on-error").value()).isEqualTo("2s");
    assertThat(inForce(running, "stale-on-error").since()).isEqualTo(since);
    assertThat(lines())
        .containsExactly(
            "INFO "
                + file
                + " was read again: cache-bytes is 2MiB, and was 1MiB; log-level is warn, and was"
                + " info; lookups.product.stale-on-error is 2s, and was that of all lookups;"
                + " lookups.product.ttl is that of all lookups, and was 5m; negative-cache-bytes is"
                + " 131072, and was 65536; ttl is 30s, and was 60s; ttl-jitter is 0, and was 0.1");
  }

  @Test
  void reload_valuesThatNeedARestart_areNamedInOneLineAndIgnored() throws IOException {
    RunningSettings running = load(Map.of());
    Settings before = running.settings();

    String changed =
        SHOP.replace("product WHERE", "item WHERE")
            .replace("shop\n", "shop\n  pool-size: 4\n")
            .replace("  price:\n", "  offer:\n")
            .replace("1MiB", "2MiB")
            .replace("ttl: 60s", "stale-on-disconnect: 9s");
    reload(running, changed);
    reload(running, changed);
    reload(running, SHOP);

    assertThat(used).isEmpty();
    assertThat(running.settings()).isSameAs(before);
    String restart =
        "WARN %s has new values that need a restart, and the old ones stay in force: cache-bytes,"
                .formatted(file)
            + " lookups.offer, lookups.price, lookups.product.query,"
            + " negative-cache-bytes, pool-size,"
            + " stale-on-disconnect";
    String nothing = "INFO %s was read again: no setting has changed".formatted(file);
    assertThat(lines()).containsExactly(nothing, restart, nothing, restart, nothing);
  }

  @Test
  void reload_fileWithMistakes_isOneLineAndChangesNothing() throws IOException {
    RunningSettings running = load(Map.of());
    Settings before = running.settings();

    reload(running, SHOP.replace("60s", "sixty").replace("5m", "1s"));
    reload(running, SHOP.replace("  price:", "  price\n"));
    reload(running, SHOP.replace("ttl: 60s", "tttl: 60s").replace("ttl: 5m", "tll: 5m"));
    Files.delete(file);
    running.request();
    running.reloadIfRequested();

    assertThat(used).isEmpty();
    assertThat(running.settings()).isSameAs(before);
    assertThat(lines()).hasSize(4).allMatch(line -> line.startsWith("WARN "));
    assertThat(lines()).allMatch(line -> line.endsWith("; the settings stay as they are"));
    assertThat(lines().get(0)).contains(file + ":3:6: ttl: must be a time").contains("'sixty'");
    assertThat(lines().get(1)).contains("is not YAML");
    assertThat(lines().get(2))
        .contains("did you mean ttl?", "and 1 more, which check-config lists");
    assertThat(lines().get(3)).contains("there is no such file");
  }

  @Test
  void reloadIfRequested_notRequested_readsNothing() throws IOException {
    RunningSettings running = load(Map.of());
    Files.writeString(file, SHOP.replace("60s", "30s"));

    running.reloadIfRequested();

    assertThat(lines()).isEmpty();
    assertThat(inForce(running, "ttl").value()).isEqualTo("60s");
  }

  @Test
  void reloadIfRequested_consumerThrows_logsNothingAndTheNextRequestTriesAgain()
      throws IOException {
    RunningSettings running = load(Map.of());
    Settings before = running.settings();
    running.onChange(
        _ -> {
          throw new IllegalStateException("planted failure");
        },
        used::add);
    Files.writeString(file, SHOP.replace("60s", "30s"));
    CompletableFuture<RunningSettings.Reloaded> failing = running.reloaded();

    assertThatThrownBy(running::reloadIfRequested).hasMessage("planted failure");

    assertThat(failing).isCompletedExceptionally();
    assertThat(running.settings()).isSameAs(before);
    assertThat(inForce(running, "ttl").value()).isEqualTo("60s");
    assertThat(used).isEmpty();
    assertThat(lines()).isEmpty();

    List<String> loggedBefore = new ArrayList<>();
    running.onChange(used::add, _ -> loggedBefore.addAll(lines()));
    running.request();
    running.reloadIfRequested();
    assertThat(used).hasSize(1);
    assertThat(inForce(running, "ttl").value()).isEqualTo("30s");
    assertThat(loggedBefore)
        .containsExactly("INFO %s was read again: ttl is 30s, and was 60s".formatted(file));
  }

  private static RunningSettings.InForce inForce(RunningSettings running, String key) {
    return Objects.requireNonNull(running.inForce().get(key), key);
  }

  private RunningSettings load(Map<String, String> flags) {
    Map<String, String> all = new HashMap<>(flags);
    all.put("--config", file.toString());
    RunningSettings running = RunningSettings.load(all, Map.of(), 1 << 28);
    running.onChange(used::add, _ -> {});
    return running;
  }

  private void reload(RunningSettings running, String content) throws IOException {
    Files.writeString(file, content);
    running.request();
    running.reloadIfRequested();
  }

  private List<String> lines() {
    return log.list.stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }
}
