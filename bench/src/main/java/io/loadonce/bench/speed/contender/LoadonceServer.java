package io.loadonce.bench.speed.contender;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Loadonce as shipped: with its launcher, its jar and its default settings. */
public final class LoadonceServer {

  private LoadonceServer() {}

  /** Starts it on free ports with the settings of a file. */
  public static ServerProcess start(Path config) throws IOException, InterruptedException {
    return ServerProcess.start(
        List.of(
            Jvm.projectRoot().resolve("loadonce").toString(),
            "serve",
            "--port",
            "0",
            "--admin-port",
            "0",
            "--config",
            config.toString()),
        Map.of("LOADONCE_JAVA_OPTS", Jvm.HEAP));
  }

  /**
   * Starts it on free ports.
   *
   * @param flags more flags, beside those that name the table
   */
  public static ServerProcess start(PostgresTable table, String query, List<String> flags)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Jvm.projectRoot().resolve("loadonce").toString());
    command.addAll(List.of("serve", "--port", "0", "--admin-port", "0"));
    command.addAll(List.of("--db-url", table.url(), "--db-user", PostgresTable.USER));
    command.addAll(List.of("--query", query));
    command.addAll(flags);
    return ServerProcess.start(command, Map.of("LOADONCE_JAVA_OPTS", Jvm.HEAP));
  }
}
