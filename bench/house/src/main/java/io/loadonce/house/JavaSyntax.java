package io.loadonce.house;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A Java file as the compiler's parser sees it.
 *
 * @param file where it came from
 * @param unit its syntax tree, without types
 * @param positions where in the file each part of the tree stands
 */
record JavaSyntax(SourceFile file, CompilationUnitTree unit, SourcePositions positions) {

  private static final Map<SourceFile, JavaSyntax> PARSED = new ConcurrentHashMap<>();

  /** The syntax of {@code file}; parsed once, however many rules ask. */
  static JavaSyntax of(SourceFile file) {
    return PARSED.computeIfAbsent(file, JavaSyntax::parse);
  }

  /** The package of the file; empty for the unnamed one. */
  String packageName() {
    return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
  }

  /** The place of {@code tree} in the form {@code path:line}. */
  String place(Tree tree) {
    return file.path() + ":" + line(positions.getStartPosition(unit, tree));
  }

  /** How many lines {@code tree} stands on. */
  long lines(Tree tree) {
    long first = line(positions.getStartPosition(unit, tree));
    return line(positions.getEndPosition(unit, tree)) - first + 1;
  }

  private long line(long position) {
    return unit.getLineMap().getLineNumber(position);
  }

  private static JavaSyntax parse(SourceFile file) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject source = new Source(file);
    JavacTask task =
        (JavacTask)
            compiler.getTask(
                /* out= */ null,
                /* fileManager= */ null,
                diagnostic -> {
                  throw new IllegalStateException(file.path() + " cannot be parsed: " + diagnostic);
                },
                List.of("-proc:none"),
                /* classes= */ null,
                List.of(source));
    try {
      CompilationUnitTree unit = task.parse().iterator().next();
      return new JavaSyntax(file, unit, Trees.instance(task).getSourcePositions());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Source extends SimpleJavaFileObject {

    private final String text;

    Source(SourceFile file) {
      super(URI.create("string:///" + file.path()), Kind.SOURCE);
      text = file.text();
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
