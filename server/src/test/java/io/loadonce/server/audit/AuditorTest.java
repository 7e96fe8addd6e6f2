package io.loadonce.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.loadonce.db.feed.PostgresTriggers;
import io.loadonce.db.feed.WatchedLookup;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.RunningService;
import io.loadonce.server.lookup.HashedId;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Cached rows that are compared with a real PostgreSQL. */
@Tag("slow")
@Timeout(90)
class AuditorTest {

  private static final Duration LONG = Duration.ofSeconds(40);
  private static final String QUERY = "SELECT id, name FROM item WHERE id IN (:ids)";
  private static final int ROWS = 200;
  private static final double NANOS_PER_SECOND = 1e9;

  private static EmbeddedPostgres postgres;

  private final Logger logger = (Logger) LoggerFactory.getLogger(Auditor.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir private Path folder;

  @BeforeAll
  static void startDatabase() throws IOException {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stopDatabase() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void start() throws SQLException {
    sql("DROP TABLE IF EXISTS item");
    sql("CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT NOT NULL)");
    sql("INSERT INTO item SELECT n, 'first' FROM generate_series(1, %d) AS n".formatted(ROWS));
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    http.close();
  }

  @Test
  void audit_rowChangedBehindItsBack_isFoundWithItsAgeAndRemovedIfWanted() throws Exception {
    Path file = Files.writeString(folder.resolve("loadonce.yaml"), "audit: 20/s\n");
    try (RunningService service = service(Map.of("--config", file.toString()))) {
      long readNanos = System.nanoTime();
      await().atMost(LONG).until(() -> name(service, 1).equals("first") && checked(service) >= 5);
      assertThat(metric(service, "loadonce_audit_stale_total")).isZero();

      long changedNanos = System.nanoTime();
      sql("UPDATE item SET name = 'second' WHERE id = 1");

      await()
          .atMost(LONG)
          .until(
              () ->
                  name(service, 1).equals("first")
                      && metric(service, "loadonce_audit_stale_total") == 1);
      double wrongSeconds = (System.nanoTime() - changedNanos) / NANOS_PER_SECOND;
      double reported = metric(service, "loadonce_audit_stale_age_seconds_sum");
      assertThat(reported)
          .as("at least the pause before the second look, and no less than the truth")
          .isGreaterThanOrEqualTo(1)
          .isGreaterThanOrEqualTo(wrongSeconds - 1)
          .isLessThanOrEqualTo((System.nanoTime() - readNanos) / NANOS_PER_SECOND);
      assertThat(log.list.getFirst().getFormattedMessage())
          .startsWith(
              "the cached row " + HashedId.of(Key.of("1")) + " of the lookup default is stale")
          .endsWith("it stays in the cache");

      Files.writeString(file, "audit: 20/s\naudit-drop: true\n");
      service.requestReload();

      await().atMost(LONG).until(() -> name(service, 1).equals("second"));
      assertThat(read(service, "/explain?id=1")).contains("--audit-drop had removed the row");

      long connections = connections();
      Files.writeString(file, "audit: 0/s\n");
      service.requestReload();

      await().atMost(LONG).until(() -> connections() < connections);
    }
  }

  @Test
  void audit_rowsThatChangeWhileTheServiceListens_accusesNone() throws Exception {
    try (RunningService service = service(Map.of("--listen", "true", "--audit", "100/s"))) {
      sql(PostgresTriggers.script(List.of(WatchedLookup.of(LookupSettings.of(QUERY), "item"))));
      await().atMost(LONG).until(() -> metric(service, "loadonce_listener_connected") == 1);
      Random random = new Random(15);
      long changes = 0;
      while (checked(service) < 200) {
        for (int i = 0; i < 50; i++) {
          name(service, 1 + random.nextInt(ROWS));
        }
        sql(
            "UPDATE item SET name = 'change %d' WHERE id = %d"
                .formatted(changes, 1 + changes % ROWS));
        changes++;
      }
      assertThat(changes).isGreaterThan(10);
      assertThat(metric(service, "loadonce_audit_stale_total")).isZero();
      assertThat(log.list).isEmpty();
    }
  }

  private static RunningService service(Map<String, String> flags) {
    Map<String, String> all = new HashMap<>(flags);
    all.put("--db-url", postgres.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", ""));
    all.put("--db-user", "postgres");
    all.put("--query", QUERY);
    all.put("--ttl", "1h");
    return RunningService.with(all);
  }

  private static String name(RunningService service, int id) {
    GetRequest request = GetRequest.newBuilder().setId(Integer.toString(id)).build();
    GetResponse response = service.stub().get(request);
    return response.getResource().getData().getFieldsOrThrow("name").getStringValue();
  }

  private double checked(RunningService service) throws Exception {
    return metric(service, "loadonce_audit_checked_total");
  }

  private double metric(RunningService service, String name) throws Exception {
    Matcher sample =
        Pattern.compile("(?m)^" + name + "(?:\\{.*})? (\\S+)$").matcher(read(service, "/metrics"));
    assertThat(sample.find()).as(name).isTrue();
    return Double.parseDouble(sample.group(1));
  }

  private String read(RunningService service, String path) throws Exception {
    URI page = URI.create("http://" + service.admin() + path);
    return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
  }

  /** The connections of the service, by the database. */
  private static long connections() throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement running = connection.createStatement();
        ResultSet count =
            running.executeQuery(
                "SELECT count(*) FROM pg_stat_activity"
                    + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")) {
      count.next();
      return count.getLong(1);
    }
  }

  private static void sql(String statement) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement running = connection.createStatement()) {
      running.execute(statement);
    }
  }
}
