package io.loadonce.server.history;

import io.loadonce.db.OneLookup;
import io.loadonce.db.feed.ChangedTable;
import io.loadonce.db.feed.PostgresTriggers;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.LookupSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL process with table {@code history}, whose rows have a version and, as payload, the
 * same version once more, so that a row mixed from two versions is detected. Ends with the process.
 * Safe for use by many threads.
 */
public final class HistoryDatabase implements AutoCloseable {
  private final String url;
  private volatile EmbeddedPostgres server;

  private HistoryDatabase(EmbeddedPostgres server, int rows) throws SQLException {
    this.server = server;
    this.url = server.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
    execute(
        """
        CREATE TABLE history (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, payload TEXT NOT NULL)
          WITH (fillfactor = 50);
        INSERT INTO history SELECT id, 1, '1' FROM generate_series(0, %d) id;
        ANALYZE history;
        """
            .formatted(rows - 1));
  }

  /** Starts one with the ids from 0 on; takes seconds. */
  public static HistoryDatabase start(int rows) throws IOException, SQLException {
    return new HistoryDatabase(EmbeddedPostgres.builder().start(), rows);
  }

  /**
   * As {@link #start}, for one that {@link #kill} is called on.
   *
   * @param directory an empty directory for its rows, which the caller deletes
   */
  public static HistoryDatabase start(int rows, Path directory) throws IOException, SQLException {
    return new HistoryDatabase(open(directory, /* port= */ 0), rows);
  }

  /**
   * A commit is written before a reader can see it. By default the fixture writes it later; then a
   * killed server loses rows that were read, and no cache could keep its promises. The write is not
   * forced to the disk, because the processes are killed and the machine is not.
   */
  private static EmbeddedPostgres open(Path directory, int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(directory)
        .setCleanDataDirectory(false)
        .setServerConfig("synchronous_commit", "on")
        .setPort(port)
        .start();
  }

  /**
   * Reads rows by id. The rows are those of the moment at which the statement begins; it ends up to
   * {@code maxDelay} later.
   */
  public OneLookup settings(Duration maxDelay) {
    return new OneLookup(
        DatabaseSettings.of(url, "postgres", ""),
        LookupSettings.of(query(maxDelay)).withVersionColumn("version"));
  }

  /** The same, as flags of the service. */
  Map<String, String> flags(Duration maxDelay) {
    return Map.of(
        "--db-url",
        url,
        "--db-user",
        "postgres",
        "--query",
        query(maxDelay),
        "--version-column",
        "version");
  }

  private static String query(Duration maxDelay) {
    String query = "SELECT id, version, payload FROM history WHERE id IN (:ids)";
    String delay = " AND (SELECT TRUE FROM pg_sleep(random() * " + maxDelay.toNanos() / 1e9 + "))";
    return maxDelay.isZero() ? query : query + delay;
  }

  /** Creates the triggers that report changes of the table. */
  HistoryDatabase withTriggers() throws SQLException {
    execute(PostgresTriggers.script(ChangedTable.parse("history(id)")));
    return this;
  }

  /** A connection that {@link #cutConnections} knows by that name. */
  Connection connect(String name) throws SQLException {
    return DriverManager.getConnection(url + "?ApplicationName=" + name, "postgres", "");
  }

  /** Ends every connection of that name, as an operator or a crash does. */
  void cutConnections(String name) throws SQLException {
    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '%s'"
            .formatted(name));
  }

  public void execute(String sql) throws SQLException {
    try (Connection connection = connect("fixture");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Suspends every process of the server; none answers until they are resumed. */
  public Frozen freeze() throws IOException, SQLException {
    return Frozen.freeze(postmaster());
  }

  private ProcessHandle postmaster() throws IOException, SQLException {
    Path pidFile = dataDirectory().resolve("postmaster.pid");
    try (Stream<String> lines = Files.lines(pidFile)) {
      return lines
          .findFirst()
          .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
          .orElseThrow();
    }
  }

  private Path dataDirectory() throws SQLException {
    try (Connection connection = connect("fixture");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SHOW data_directory")) {
      result.next();
      return Path.of(result.getString(1));
    }
  }

  /**
   * Kills every process of the server at once, as a crash would; its port refuses connections until
   * the restart, which recovers what was committed. The fixture logs that it cannot stop it.
   */
  public Restart kill() throws IOException, SQLException {
    Path directory = dataDirectory();
    freeze().kill();
    int port = server.getPort();
    server.close();
    return () -> server = open(directory, port);
  }

  /** Ends the server before the process ends. */
  @Override
  public void close() throws IOException {
    server.close();
  }

  /** An outage, which ends when this is closed. */
  public interface Restart extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  /** The suspended processes of a server, which resume when this is closed. */
  public record Frozen(List<ProcessHandle> processes) implements Restart {

    /** The postmaster first, so that it starts no other processes. */
    static Frozen freeze(ProcessHandle postmaster) throws IOException {
      List<ProcessHandle> processes = new ArrayList<>();
      processes.add(postmaster);
      signal("-STOP", postmaster);
      for (ProcessHandle child : postmaster.descendants().toList()) {
        signal("-STOP", child);
        processes.add(child);
      }
      return new Frozen(processes);
    }

    @Override
    public void close() throws IOException {
      for (ProcessHandle process : processes) {
        signal("-CONT", process);
      }
    }

    /** Kills the suspended processes instead; they have ended when this returns. */
    void kill() throws IOException {
      for (ProcessHandle process : processes) {
        signal("-KILL", process);
      }
      processes.forEach(process -> process.onExit().orTimeout(10, TimeUnit.SECONDS).join());
    }

    /** A process that has ended meanwhile needs no signal. */
    private static void signal(String signal, ProcessHandle process) throws IOException {
      new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().onExit().join();
    }
  }
}
