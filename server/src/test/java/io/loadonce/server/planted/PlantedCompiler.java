package io.loadonce.server.planted;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles source files with a bug in them. One compiler for all bugs, since it starts slowly. */
final class PlantedCompiler implements AutoCloseable {
  private static final Path PROJECT = Path.of("..");
  private static final List<String> OPTIONS = List.of("-proc:none", "-nowarn");

  private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
  private final StandardJavaFileManager files;

  PlantedCompiler(List<Path> classPath) throws IOException {
    files = compiler.getStandardFileManager(null, null, null);
    files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
  }

  /**
   * Plants the bug and writes the classes of its file below the directory.
   *
   * @throws IllegalStateException if the bug cannot be planted, or does not compile
   */
  synchronized void compile(PlantedBug bug, Path directory) throws IOException {
    String source = bug.plantInto(Files.readString(PROJECT.resolve(bug.file())));
    files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(directory));
    StringWriter problems = new StringWriter();
    List<Source> sources = List.of(new Source(bug.file(), source));
    if (!compiler.getTask(problems, files, null, OPTIONS, null, sources).call()) {
      throw new IllegalStateException("the bug does not compile: " + problems);
    }
  }

  @Override
  public void close() throws IOException {
    files.close();
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String path, String text) {
      super(URI.create("planted:///" + path), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
