package io.loadonce.db;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process of the MariaDB server that is installed on this machine (on Debian, the package {@code
 * mariadb-server}), with an empty database.
 */
public final class MariaDb implements AutoCloseable {

  /** The server is often not on the path of a user who is no administrator. */
  private static final List<String> MORE_DIRECTORIES = List.of("/usr/sbin", "/usr/local/sbin");

  private final Process server;
  private final String url;

  private MariaDb(Process server, String url) {
    this.server = server;
    this.url = url;
  }

  /** Skips the test if the server is not installed, except in CI, where the start then fails. */
  public static void assumeInstalled() {
    boolean isInstalled = find("mariadbd").isPresent() && find("mariadb-install-db").isPresent();
    assumeTrue(isInstalled || System.getenv("CI") != null, "no MariaDB server is installed");
  }

  /**
   * Takes seconds.
   *
   * @param directory for its files; empty
   */
  public static MariaDb start(Path directory) throws IOException, InterruptedException {
    String user = "--user=" + System.getProperty("user.name");
    Path data = directory.resolve("data");
    Process installation =
        process(
            directory,
            "mariadb-install-db",
            "--no-defaults",
            "--datadir=" + data,
            "--auth-root-authentication-method=normal",
            user);
    if (installation.waitFor() != 0) {
      throw new IOException(Files.readString(directory.resolve("mariadb-install-db.log")));
    }
    int port = freePort();
    Process server =
        process(
            directory,
            "mariadbd",
            "--no-defaults",
            "--datadir=" + data,
            "--bind-address=127.0.0.1",
            "--port=" + port,
            "--socket=" + directory.resolve("socket"),
            "--default-time-zone=+05:30",
            user);
    MariaDb database =
        new MariaDb(server, "jdbc:mariadb://127.0.0.1:" + port + "/test?sslMode=disable");
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> database.connect().isValid(1));
    database.execute("ALTER DATABASE test CHARACTER SET utf8mb4");
    return database;
  }

  public String url() {
    return url;
  }

  public String user() {
    return "root";
  }

  public void execute(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      // Dates such as 0000-00-00 are accepted.
      statement.execute("SET sql_mode = '', time_zone = '+00:00'");
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Returns the number that a query selects. */
  public long number(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Waits until the process has ended. */
  @Override
  public void close() {
    server.destroy();
    server
        .onExit()
        .orTimeout(20, TimeUnit.SECONDS)
        .exceptionally(_ -> server.destroyForcibly())
        .join();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user(), "");
  }

  private static Process process(Path directory, String program, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(find(program).orElseThrow().toString());
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve(program + ".log").toFile())
        .start();
  }

  private static Optional<Path> find(String program) {
    return Stream.concat(
            Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1)),
            MORE_DIRECTORIES.stream())
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
