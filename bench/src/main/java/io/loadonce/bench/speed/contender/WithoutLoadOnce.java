package io.loadonce.bench.speed.contender;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Loadonce with a planted bug: callers do not join the load of an id that is under way, and each
 * begins its own. All else is as shipped.
 */
public final class WithoutLoadOnce {

  private static final String SOURCE = "server/src/main/java/io/loadonce/server/lock/Segment.java";
  private static final String RIGHT = "Flight<K, O> underWay = flights.get(waiter.id());";
  private static final String WRONG = "Flight<K, O> underWay = null;";

  private static final String MAIN = "io.loadonce.server.Main";

  private final Path classes;

  private WithoutLoadOnce(Path classes) {
    this.classes = classes;
  }

  /**
   * Compiles the class that has the bug.
   *
   * @param directory an empty one, for the source and the class
   * @throws IllegalStateException if the place of the bug is not in the source exactly once
   */
  public static WithoutLoadOnce compile(Path directory) throws IOException {
    String right = Files.readString(Jvm.projectRoot().resolve(SOURCE));
    if (right.split(Pattern.quote(RIGHT), -1).length != 2) {
      throw new IllegalStateException("%s does not have '%s' once".formatted(SOURCE, RIGHT));
    }
    Path wrong = directory.resolve(Path.of(SOURCE).getFileName());
    Files.writeString(wrong, right.replace(RIGHT, WRONG));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "-proc:none",
              "-d",
              directory.toString(),
              "-cp",
              System.getProperty("java.class.path"));
      if (!compiler
          .getTask(said, files, null, options, null, files.getJavaFileObjects(wrong))
          .call()) {
        throw new IllegalStateException("the planted bug does not compile: " + said);
      }
    }
    return new WithoutLoadOnce(directory);
  }

  /** Starts it on free ports with the settings of a file. */
  public ServerProcess start(Path config) throws IOException, InterruptedException {
    String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
    return ServerProcess.start(
        Jvm.command(classPath, MAIN, List.of("--config", config.toString())),
        LoadonceServer.defaults());
  }
}
