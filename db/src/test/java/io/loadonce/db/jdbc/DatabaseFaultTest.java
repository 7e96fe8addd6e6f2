package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.FaultProxy;
import io.loadonce.db.OneLookup;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.form.Row;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A database that goes away, keeps silent, or was never there. */
@Tag("slow")
final class DatabaseFaultTest {

  private static final List<Key> PARIS = List.of(Key.of("2988507"));

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountedDatabase postgres = TestDatabase.POSTGRESQL.database();

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  /**
   * Again on the same connection would fail, and on another the row is read. The pool has no other
   * connection that the database would cut a little later.
   */
  @Test
  void run_connectionCutMeanwhile_queryIsSentAgain() throws Exception {
    OneLookup slow = postgres.settings(postgres.slowQuery(Duration.ofMillis(800)));
    try (var source = slow.withPoolSize(1).open()) {
      postgres.reset();
      Future<Map<Key, SourceRow<Row>>> run = threads.submit(source.query(PARIS)::run);
      await().until(() -> postgres.runningStatements() == 1);

      postgres.cutConnections();

      assertThat(run.get()).hasSize(1);
      assertThat(postgres.queries()).isEqualTo(2);
    }
  }

  @Test
  void run_connectionCutThreeTimes_isUnavailable() throws Exception {
    OneLookup slow = postgres.settings(postgres.slowQuery(Duration.ofMillis(4_500)));
    try (var source = slow.withPoolSize(1).open()) {
      postgres.reset();
      Future<?> run = threads.submit(source.query(PARIS)::run);
      await().until(() -> postgres.runningStatements() == 1);
      postgres.cutConnections();
      for (int queries = 2; queries <= 3; queries++) {
        int sent = queries;
        await().until(() -> postgres.queries() == sent && postgres.runningStatements() == 1);
        postgres.cutConnections();
      }

      assertThatThrownBy(run::get)
          .cause()
          .isInstanceOf(SourceException.Unavailable.class)
          .hasMessage(SqlFailure.UNREACHABLE);
      assertThat(postgres.queries()).isEqualTo(3);
    }
  }

  @Test
  void run_nobodyListens_isUnavailableWithinTheConnectTimeout() throws IOException {
    OneLookup nobody = at(postgres, freePort()).withConnectTimeout(Duration.ofMillis(300));
    try (var source = nobody.open()) {
      long start = System.nanoTime();

      assertThatThrownBy(() -> source.query(PARIS).run())
          .isInstanceOf(SourceException.Unavailable.class)
          .hasMessage(SqlFailure.UNREACHABLE);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
      assertThat(source.database().isReachable()).isFalse();
    }
  }

  /** As behind a pooler that does not show. */
  @Test
  void run_nameOfTheStatementIsTaken_isSentAgainWithoutAName() throws Exception {
    postgres.execute(
        """
        CREATE FUNCTION take_names() RETURNS INT LANGUAGE plpgsql AS $$
        BEGIN
          FOR i IN 1..200 LOOP
            BEGIN
              EXECUTE format('PREPARE "S_%s" AS SELECT 1', i);
            EXCEPTION WHEN duplicate_prepared_statement THEN NULL;
            END;
          END LOOP;
          RETURN 1;
        END $$
        """);
    OneLookup taking = postgres.settings("SELECT id, take_names() FROM city WHERE id IN (:ids)");
    try (var source =
        taking.withUrl(postgres.url() + "?prepareThreshold=1").withPoolSize(1).open()) {
      assertThat(source.query(PARIS).run()).hasSize(1);
      var other = source.database().source(postgres.settings().lookup(), StructForm.ofOne(Row::id));

      for (int i = 0; i < 3; i++) {
        assertThat(other.query(PARIS).run()).hasSize(1);
      }
    }
  }

  @Test
  void close_databaseIsDown_noFurtherAttempts() throws Exception {
    try (FaultProxy proxy = FaultProxy.before(postgres.url())) {
      proxy.refuse();
      try (var _ = postgres.settings().withUrl(proxy.url(postgres.url())).open()) {
        await().until(() -> proxy.accepted() > 1);
      }
      int attempts = proxy.accepted();
      await().during(Duration.ofSeconds(2)).until(() -> proxy.accepted() == attempts);
    }
  }

  @Test
  void run_databaseComesUpLater_worksWithin2Seconds() throws Exception {
    int port = freePort();
    try (var source = at(postgres, port).withPoolSize(2).open()) {
      assertThatThrownBy(() -> source.query(PARIS).run())
          .isInstanceOf(SourceException.Unavailable.class);
      assertThatThrownBy(() -> source.query(PARIS).run())
          .isInstanceOf(SourceException.Unavailable.class);

      try (ServerSocket door = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
        var _ = threads.submit(() -> lead(door));
        await()
            .atMost(Duration.ofSeconds(2))
            .ignoreExceptions()
            .until(() -> source.query(PARIS).run().size() == 1);
      }
    }
  }

  @Test
  void run_databaseAcceptsAndKeepsSilent_isUnavailable() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var source = at(postgres, silent.getLocalPort()).open()) {
      assertThatThrownBy(() -> source.query(PARIS).run())
          .isInstanceOf(SourceException.Unavailable.class);
    }
  }

  @Test
  void run_statementOverTheQueryTimeout_isUnavailable() throws Exception {
    for (TestDatabase kind : TestDatabase.values()) {
      CountedDatabase database = kind.database();
      OneLookup slow =
          database
              .settings(database.slowQuery(Duration.ofSeconds(5)))
              .withQueryTimeout(Duration.ofMillis(500));
      try (var source = slow.open()) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> source.query(PARIS).run())
            .as(kind.name())
            .isInstanceOf(SourceException.Unavailable.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
      }
      await().until(() -> database.runningStatements() == 0);
    }
  }

  @Test
  void run_poolExhausted_isUnavailableWithinTheConnectTimeout() throws Exception {
    OneLookup slow =
        postgres
            .settings(postgres.slowQuery(Duration.ofSeconds(3)))
            .withPoolSize(1)
            .withConnectTimeout(Duration.ofMillis(500));
    try (var source = slow.open()) {
      SourceQuery<Key, Row> busy = source.query(PARIS);
      var _ = threads.submit(busy::run);
      await().until(() -> postgres.runningStatements() == 1);

      assertThatThrownBy(() -> source.query(PARIS).run())
          .isInstanceOf(SourceException.Unavailable.class);
      busy.cancel();
    }
  }

  @Test
  void run_queryThatWrites_isRefusedByTheReadOnlyConnection() {
    postgres.execute("CREATE TABLE precious AS SELECT 1 AS id");
    postgres.execute(
        "CREATE FUNCTION wipe() RETURNS INT LANGUAGE sql AS 'DELETE FROM precious; SELECT 1'");
    OneLookup wiping = postgres.settings("SELECT id, wipe() AS w FROM city WHERE id IN (:ids)");
    for (String parameters : List.of("", "?options=-c%20jit%3Doff", "?readOnlyMode=transaction")) {
      try (var source = wiping.withUrl(postgres.url() + parameters).open()) {
        assertThatThrownBy(() -> source.query(PARIS).run())
            .as(parameters)
            .isInstanceOf(SourceException.QueryFailed.class)
            .hasMessage("the database rejected the query (SQLState 25006)");
      }
    }
    assertThat(postgres.number("SELECT COUNT(*) FROM precious")).isEqualTo(1);
  }

  private static OneLookup at(CountedDatabase database, int port) {
    return database
        .settings()
        .withUrl(database.url().replaceFirst("localhost:\\d+", "127.0.0.1:" + port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Forwards each connection to the database. */
  private Void lead(ServerSocket door) throws IOException {
    int port = URI.create(postgres.url().substring("jdbc:".length())).getPort();
    while (true) {
      Socket guest = door.accept();
      Socket host = new Socket(InetAddress.getLoopbackAddress(), port);
      var _ = threads.submit(() -> copy(guest.getInputStream(), host.getOutputStream()));
      var _ = threads.submit(() -> copy(host.getInputStream(), guest.getOutputStream()));
    }
  }

  private static long copy(InputStream from, OutputStream to) throws IOException {
    try (from;
        to) {
      return from.transferTo(to);
    }
  }
}
