package io.loadonce.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.FaultProxy;
import io.loadonce.db.TestDatabase;
import io.loadonce.server.RunningService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The database cannot be reached, or refuses the login; and a password is changed. */
@Tag("slow")
@Timeout(60)
class LoginTest {

  private static final CountedDatabase POSTGRES = TestDatabase.POSTGRESQL.database();

  @TempDir Path directory;

  @BeforeAll
  static void createRole() throws Exception {
    POSTGRES.execute("CREATE ROLE guarded LOGIN PASSWORD 'first-s3cret'");
    POSTGRES.execute("GRANT SELECT ON city TO guarded");
    requirePasswordsOf("guarded");
  }

  @Test
  void start_portIsClosed_oneLineUntilItWorks() throws Exception {
    try (FaultProxy proxy = FaultProxy.before(POSTGRES.url());
        LogLines log = new LogLines()) {
      proxy.refuse();
      try (RunningService service = service(proxy.url(POSTGRES.url()), "guarded", "first-s3cret")) {
        assertThat(Calls.metrics(service)).contains("\nloadonce_database_unreachable 1.0\n");
        assertThat(connectLine(log))
            .startsWith("connection to 127.0.0.1:")
            .contains("/postgres as guarded failed: ")
            .endsWith("; the next attempt follows within 1 s");
        int attempts = proxy.accepted();
        await().until(() -> proxy.accepted() > attempts + 1);
        assertThat(connectLines(log)).hasSize(1);

        proxy.heal();

        Calls.awaitEnd(service, "2988507", Calls.Ended::isOk);
        await()
            .until(() -> Calls.metrics(service).contains("\nloadonce_database_unreachable 0.0\n"));
        assertThat(log.texts())
            .anyMatch(line -> line.matches("connection to 127.0.0.1:.*/postgres works again"));
      }
    }
  }

  @Test
  void start_noSuchHost_logNamesIt() throws Exception {
    try (LogLines log = new LogLines();
        var _ = service("jdbc:postgresql://nowhere.invalid/shop", "guarded", "x")) {
      assertThat(connectLine(log))
          .startsWith("connection to nowhere.invalid/shop as guarded failed: ")
          .contains("There is no host nowhere.invalid (08001)");
    }
  }

  @Test
  void start_noSuchDatabase_logHasTheWordsOfTheDatabase() throws Exception {
    try (LogLines log = new LogLines();
        var _ =
            service(
                POSTGRES.url().replaceFirst("/postgres$", "/shop"), "guarded", "first-s3cret")) {
      assertThat(connectLine(log))
          .contains("/shop as guarded failed: FATAL: database \"shop\" does not exist (3D000)");
    }
  }

  @Test
  void start_serverOfAnotherKind_logSaysSo() throws Exception {
    try (ServerSocket web = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        LogLines log = new LogLines()) {
      Thread.ofVirtual().start(() -> answerAsWebServer(web));
      String url = "jdbc:postgresql://127.0.0.1:" + web.getLocalPort() + "/shop";
      try (var _ = service(url, "guarded", "x")) {
        assertThat(connectLine(log))
            .matches("connection to 127.0.0.1:\\d+/shop as guarded failed: .*SSL.*");
        assertThat(log.longest()).isLessThan(500);
        assertThat(log.traces()).isZero();
      }
    }
  }

  /** Many wrong logins may lock the account. */
  @Test
  void start_wrongPassword_isNotTriedAgainUntilItIsChanged() throws Exception {
    try (FaultProxy proxy = FaultProxy.before(POSTGRES.url());
        LogLines log = new LogLines();
        RunningService service = service(proxy.url(POSTGRES.url()), "guarded", "wr0ng-s3cret")) {
      assertThat(connectLine(log))
          .matches(
              "login to 127.0.0.1:\\d+/postgres as guarded failed: FATAL: password authentication"
                  + " failed for user \"guarded\" \\(28P01\\); the next login follows in 5 s, or"
                  + " when the password has changed");
      for (int i = 0; i < 3; i++) {
        assertThat(Calls.get(service, "2988507").status())
            .isEqualTo("UNAVAILABLE DATABASE_UNAVAILABLE");
      }
      assertThat(proxy.accepted()).as("logins").isEqualTo(1);
      assertThat(connectLines(log)).hasSize(1);
      assertThat(log.texts()).noneMatch(line -> line.contains("s3cret"));

      Files.writeString(directory.resolve("password"), "first-s3cret\r\n");

      Calls.awaitEnd(service, "2988507", Calls.Ended::isOk);
    }
  }

  @Test
  void get_passwordIsChangedMeanwhile_newConnectionsUseIt() throws Exception {
    POSTGRES.execute("CREATE ROLE rotated LOGIN PASSWORD 'old-s3cret'");
    POSTGRES.execute("GRANT SELECT ON city TO rotated");
    requirePasswordsOf("rotated");
    try (RunningService service = service(POSTGRES.url(), "rotated", "old-s3cret")) {
      assertThat(Calls.get(service, "2988507").isOk()).isTrue();

      POSTGRES.execute("ALTER ROLE rotated PASSWORD 'new-s3cret'");
      Files.writeString(directory.resolve("password"), "new-s3cret\n");
      POSTGRES.cutConnections();

      Calls.awaitEnd(service, "2950159", Calls.Ended::isOk);
    }
  }

  private static void requirePasswordsOf(String role) throws Exception {
    try (Connection connection =
            DriverManager.getConnection(POSTGRES.url(), POSTGRES.user(), POSTGRES.password());
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SHOW hba_file")) {
      result.next();
      Path rules = Path.of(result.getString(1));
      Files.writeString(
          rules, "host all " + role + " all scram-sha-256\n" + Files.readString(rules));
    }
    POSTGRES.execute("SELECT pg_reload_conf()");
  }

  private RunningService service(String url, String user, String password) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), password);
    Map<String, String> flags = new HashMap<>();
    flags.put("--db-url", url);
    flags.put("--db-user", user);
    flags.put("--db-password-file", file.toString());
    flags.put("--pool-size", "2");
    return RunningService.with(flags);
  }

  private static String connectLine(LogLines log) {
    return await().until(() -> connectLines(log), lines -> !lines.isEmpty()).getFirst();
  }

  private static List<String> connectLines(LogLines log) {
    return log.texts().stream()
        .filter(line -> line.matches("(connection|login) to .* failed: .*"))
        .toList();
  }

  private static void answerAsWebServer(ServerSocket web) {
    while (true) {
      try (Socket client = web.accept()) {
        client
            .getOutputStream()
            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      } catch (IOException _) {
        return;
      }
    }
  }
}
