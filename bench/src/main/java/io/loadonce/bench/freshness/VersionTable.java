package io.loadonce.bench.freshness;

import com.google.common.io.MoreFiles;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.LookupSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL of our own with a table of ids and versions, which can be stopped and continued. It
 * ends when this is closed, or with this JVM. For one thread.
 */
public final class VersionTable implements AutoCloseable {

  private static final String CREATE =
      """
      CREATE TABLE item (id BIGINT PRIMARY KEY, version BIGINT NOT NULL);
      INSERT INTO item SELECT id, 1 FROM generate_series(0, {rows} - 1) id;
      ANALYZE item;
      """;

  private final Path directory;
  private final String url;
  private EmbeddedPostgres server;

  private VersionTable(Path directory, EmbeddedPostgres server, int rows) throws SQLException {
    this.directory = directory;
    this.server = server;
    this.url = server.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
    execute(CREATE.replace("{rows}", Integer.toString(rows)));
  }

  /** Starts it with the ids from 0 on; takes some seconds. */
  public static VersionTable start(int rows) throws IOException, SQLException {
    Path directory = Files.createTempDirectory("loadonce-bench");
    EmbeddedPostgres server = open(directory, /* port= */ 0);
    try {
      return new VersionTable(directory, server, rows);
    } catch (SQLException e) {
      server.close();
      MoreFiles.deleteRecursively(directory);
      throw e;
    }
  }

  private static EmbeddedPostgres open(Path directory, int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(directory)
        .setCleanDataDirectory(false)
        .setPort(port)
        .start();
  }

  /** The address of the database, without a user. */
  public String url() {
    return url;
  }

  /** The port of the database, which stays the same after a restart. */
  public int port() {
    return server.getPort();
  }

  /** Executes statements as the administrator, on a connection of their own. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, "postgres", "");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Opens a pool of connections to it. */
  Database open() {
    return Database.open(DatabaseSettings.of(url, "postgres", /* password= */ ""));
  }

  /**
   * Returns a lookup of versions.
   *
   * @param maxDelay a query takes up to this much longer, by a uniform distribution
   */
  static LookupSettings lookup(Duration maxDelay) {
    String query = "SELECT id, version FROM item WHERE id IN (:ids)";
    String delay = " AND (SELECT TRUE FROM pg_sleep(random() * " + maxDelay.toNanos() / 1e9 + "))";
    return LookupSettings.of(maxDelay.isZero() ? query : query + delay)
        .withVersionColumn("version");
  }

  /** Stops the processes of the server where they stand. Connections stay open. */
  public Interruption freeze() throws IOException {
    List<ProcessHandle> stopped = stop();
    // A stopped process does not end with this JVM.
    Thread onExit = new Thread(() -> resume(stopped));
    Runtime.getRuntime().addShutdownHook(onExit);
    return () -> {
      resume(stopped);
      var _ = Runtime.getRuntime().removeShutdownHook(onExit);
    };
  }

  /** Kills all processes of the server at once, as a crash does; the restart recovers its rows. */
  public Interruption kill() throws IOException {
    List<ProcessHandle> stopped = stop();
    for (ProcessHandle process : stopped) {
      signal("-KILL", process);
    }
    stopped.forEach(process -> process.onExit().orTimeout(10, TimeUnit.SECONDS).join());
    return shutDown();
  }

  /** Ends the server. Connections are cut, and new ones are refused. */
  Interruption shutDown() throws IOException {
    int port = server.getPort();
    server.close();
    return () -> server = open(directory, port);
  }

  /** The postmaster first, so that it starts no other processes. */
  private List<ProcessHandle> stop() throws IOException {
    ProcessHandle postmaster = postmaster();
    List<ProcessHandle> stopped = new ArrayList<>(List.of(postmaster));
    signal("-STOP", postmaster);
    try (Stream<ProcessHandle> children = postmaster.descendants()) {
      for (ProcessHandle child : children.toList()) {
        signal("-STOP", child);
        stopped.add(child);
      }
    }
    return stopped;
  }

  private ProcessHandle postmaster() throws IOException {
    try (Stream<String> lines = Files.lines(directory.resolve("postmaster.pid"))) {
      return lines
          .findFirst()
          .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
          .orElseThrow(() -> new IllegalStateException("the database has no process"));
    }
  }

  /** A time without the database, which ends when this is closed. */
  public interface Interruption extends AutoCloseable {
    @Override
    void close() throws IOException, SQLException;
  }

  @Override
  public void close() throws IOException {
    server.close();
    MoreFiles.deleteRecursively(directory);
  }

  private static void resume(List<ProcessHandle> stopped) {
    for (ProcessHandle process : stopped) {
      try {
        signal("-CONT", process);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void signal(String signal, ProcessHandle process) throws IOException {
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().onExit().join();
  }
}
