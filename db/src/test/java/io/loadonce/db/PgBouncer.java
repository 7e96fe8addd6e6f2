package io.loadonce.db;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process of the PgBouncer that is installed on this machine (on Debian, the package {@code
 * pgbouncer}), which shares two sessions of a PostgreSQL among its clients, a transaction each.
 */
public final class PgBouncer implements AutoCloseable {

  private static final String PROGRAM = "pgbouncer";

  /** It is often not on the path of a user who is no administrator. */
  private static final List<String> MORE_DIRECTORIES = List.of("/usr/sbin", "/usr/local/sbin");

  private final Process process;
  private final int port;

  private PgBouncer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Skips the test if it is not installed, except in CI, where the start then fails. */
  public static void assumeInstalled() {
    assumeTrue(find().isPresent() || System.getenv("CI") != null, "no PgBouncer is installed");
  }

  /**
   * @param directory for its files; empty
   */
  public static PgBouncer start(CountedDatabase postgres, Path directory) throws IOException {
    int port = freePort();
    Path users = Files.writeString(directory.resolve("users.txt"), "\"postgres\" \"\"\n");
    Path config =
        Files.writeString(
            directory.resolve("pgbouncer.ini"),
            """
            [databases]
            * = host=127.0.0.1 port=%d
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = trust
            auth_file = %s
            pool_mode = transaction
            default_pool_size = 2
            ignore_startup_parameters = extra_float_digits
            """
                .formatted(
                    URI.create(postgres.url().substring("jdbc:".length())).getPort(), port, users));
    List<String> command = new ArrayList<>();
    command.add(find().orElseThrow(() -> new IOException("PgBouncer is not installed")).toString());
    if (System.getProperty("user.name").equals("root")) {
      // It refuses to run as root.
      command.addAll(List.of("-u", "nobody"));
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    command.add(config.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("pgbouncer.log").toFile())
            .start();
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .until(
            () -> {
              new Socket(InetAddress.getLoopbackAddress(), port).close();
              return true;
            });
    return new PgBouncer(process, port);
  }

  /** Returns the URL of a database of PostgreSQL, through this pooler. */
  public String url(String databaseUrl) {
    return databaseUrl.replaceFirst("//[^/]*", "//127.0.0.1:" + port);
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }

  private static Optional<Path> find() {
    return Stream.concat(
            Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1)),
            MORE_DIRECTORIES.stream())
        .map(directory -> Path.of(directory, PROGRAM))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
