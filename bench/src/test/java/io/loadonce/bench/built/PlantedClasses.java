package io.loadonce.bench.built;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.loadonce.house.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Classes that exist for one test: a small Loadonce in which each room does what it may, and what
 * the test plants there. The packages are the real ones; the classes never come near the class
 * path.
 */
final class PlantedClasses {

  /** One class in each room, which uses all that the room may use. */
  private static final List<SourceFile> CLEAN =
      List.of(
          planted(
              "io.loadonce.db",
              "Rows",
              "java.sql.Connection connection; io.loadonce.db.source.Source source;"),
          planted("io.loadonce.db.source", "Source", "long version;"),
          planted("io.loadonce.server.cache", "Memory", "java.util.Map<String, String> rows;"),
          planted("io.loadonce.server.lock", "Segments", "java.util.concurrent.locks.Lock mutex;"),
          planted(
              "io.loadonce.server.load",
              "Once",
              "io.loadonce.server.cache.Memory memory; io.loadonce.server.lock.Segments segments;"
                  + " io.loadonce.db.source.Source source;"),
          planted(
              "io.loadonce.server.request",
              "Endpoint",
              "io.loadonce.server.load.Once once; io.grpc.Status status;"),
          planted("io.loadonce.server.changes", "Listener", "long now = System.nanoTime();"),
          planted(
              "io.loadonce.server.tier",
              "Stage",
              "io.loadonce.server.load.Once once; redis.clients.jedis.Jedis redis;"),
          planted("io.loadonce.server.ports", "Health", "io.grpc.Status status;"),
          planted(
              "io.loadonce.server.traces",
              "Calls",
              "io.opentelemetry.api.trace.Span span; io.grpc.Context context;"),
          planted(
              "io.loadonce.server",
              "Main",
              "io.loadonce.server.request.Endpoint e; io.grpc.Server s;"),
          planted("io.loadonce.client", "Client", "io.grpc.Channel channel;"),
          planted("io.loadonce.commands.load", "Run", "io.loadonce.client.Client client;"),
          planted("io.loadonce.commands", "Main", "io.loadonce.commands.load.Run run;"));

  private PlantedClasses() {}

  /** A class {@code name} in {@code room} with the given members. */
  static SourceFile planted(String room, String name, String members) {
    return new SourceFile(
        room.replace('.', '/') + "/" + name + ".java",
        "package " + room + "; public class " + name + " { " + members + " }");
  }

  /** The clean rooms and {@code plants}, compiled below {@code directory}. */
  static JavaClasses cleanAnd(Path directory, SourceFile... plants) throws IOException {
    return compile(directory, Stream.concat(CLEAN.stream(), Stream.of(plants)).toList());
  }

  private static JavaClasses compile(Path directory, List<SourceFile> sources) throws IOException {
    Path output = Files.createDirectories(directory.resolve("classes"));
    List<Path> paths = new ArrayList<>();
    for (SourceFile source : sources) {
      Path path = directory.resolve("sources").resolve(source.path());
      Files.createDirectories(path.getParent());
      paths.add(Files.writeString(path, source.text()));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      Iterable<? extends JavaFileObject> units = files.getJavaFileObjectsFromPaths(paths);
      List<String> options = List.of("-proc:none", "-d", output.toString());
      if (!compiler.getTask(null, files, null, options, null, units).call()) {
        throw new IllegalStateException("the planted classes do not compile");
      }
    }
    return new ClassFileImporter().importPath(output);
  }
}
