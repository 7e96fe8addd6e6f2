package io.loadonce.bench.speed.contender;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command lines of the measured JVMs: all have the options that the launcher uses. */
public final class Jvm {

  /** Enough for a few million rows; three such servers run at one time. */
  public static final String HEAP = "-Xmx4g";

  private Jvm() {}

  /** A main class of this class path, with the same heap and the same layout of objects. */
  public static List<String> command(Class<?> main, List<String> arguments) {
    return command(System.getProperty("java.class.path"), main.getName(), arguments);
  }

  /** A main class of a class path, by its name. */
  static List<String> command(String classPath, String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(
        List.of(
            "@" + projectRoot().resolve("deploy/every.options"),
            "@" + projectRoot().resolve("deploy/serve.options"),
            HEAP,
            "-cp",
            classPath,
            main));
    command.addAll(arguments);
    return command;
  }

  /** The directory of the project, above {@code bench/target} where this class comes from. */
  public static Path projectRoot() {
    try {
      return Path.of(Jvm.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .resolve("../../..")
          .normalize();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("this class has no code source", e);
    }
  }
}
