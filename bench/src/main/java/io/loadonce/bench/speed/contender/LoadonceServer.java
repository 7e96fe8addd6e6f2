package io.loadonce.bench.speed.contender;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Loadonce as shipped: with its launcher, its jar and its default settings. */
public final class LoadonceServer {

  /** The variable that holds the options of its JVM. */
  public static final String JAVA_OPTIONS = "LOADONCE_JAVA_OPTS";

  /** Free ports, which a flag or a variable replaces, and the same heap for all contenders. */
  private static final Map<String, String> DEFAULTS =
      Map.of("LOADONCE_PORT", "0", "LOADONCE_ADMIN_PORT", "0", JAVA_OPTIONS, Jvm.HEAP);

  private LoadonceServer() {}

  /** The variables that make a server begin on free ports. */
  static Map<String, String> defaults() {
    return DEFAULTS;
  }

  /** Starts it on free ports with the settings of a file. */
  public static ServerProcess start(Path config) throws IOException, InterruptedException {
    return start(List.of("--config", config.toString()), Map.of());
  }

  /**
   * Starts it on free ports.
   *
   * @param flags more flags, beside those that name the table
   */
  public static ServerProcess start(PostgresTable table, String query, List<String> flags)
      throws IOException, InterruptedException {
    return start(flags(table, query, flags), Map.of());
  }

  /**
   * Starts it, on free ports unless the flags or the variables name others.
   *
   * @param flags all flags
   * @param environment its variables, also {@link #JAVA_OPTIONS}
   */
  public static ServerProcess start(List<String> flags, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(Jvm.projectRoot().resolve("loadonce").toString(), "serve"));
    command.addAll(flags);
    Map<String, String> variables = new HashMap<>(DEFAULTS);
    variables.putAll(environment);
    return ServerProcess.start(command, variables);
  }

  /** The flags that name the table, and more. */
  public static List<String> flags(PostgresTable table, String query, List<String> more) {
    List<String> flags = new ArrayList<>();
    flags.addAll(List.of("--db-url", table.url(), "--db-user", PostgresTable.USER));
    flags.addAll(List.of("--query", query));
    flags.addAll(more);
    return flags;
  }
}
