package io.loadonce.house;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What no linter sees in Java code: size, names, tests that rest. */
final class JavaRules {

  private static final int MAX_FILE_LINES = 400;
  private static final int MAX_METHOD_LINES = 70;
  private static final Set<String> BANNED_WORDS =
      Set.of("impl", "util", "utils", "helper", "helpers", "manager", "base", "common");

  /** Where a real thread must wait for a real clock, and why. */
  private static final Map<String, String> MAY_PARK =
      Map.of(
          "CountedH2", "a function of H2 that makes a query slow has no clock of ours",
          "DelayedSource", "random delays of loads, so that histories interleave",
          "HerdTest", "callers that arrive spread over a moment",
          "HistoryRun", "random pauses between writes, and after a broken one");

  private static final Pattern SWITCH = Pattern.compile("(.*\\.)?(Disabled|(Dis|En)abled\\w+)");
  private static final Pattern SLEEP = Pattern.compile("(.*\\.)?sleep");
  private static final Pattern PARK = Pattern.compile("(.*\\.)?park(Nanos|Until)");

  private JavaRules() {}

  static TidyRule longFiles() {
    return TidyRule.perFile(
        "file of more than " + MAX_FILE_LINES + " lines",
        SourceFile::isJava,
        file -> {
          int lines = file.lines().size();
          return lines <= MAX_FILE_LINES ? List.of() : List.of(file.path() + " has " + lines);
        });
  }

  static TidyRule longMethods() {
    return syntaxRule(
        "method of more than " + MAX_METHOD_LINES + " lines",
        SourceFile::isJava,
        () ->
            new Search() {
              @Override
              public Void visitMethod(MethodTree method, JavaSyntax syntax) {
                if (syntax.lines(method) > MAX_METHOD_LINES) {
                  found(syntax.place(method) + " " + method.getName());
                }
                return super.visitMethod(method, syntax);
              }
            });
  }

  static TidyRule bannedNames() {
    return syntaxRule(
        "name that says nothing",
        SourceFile::isJava,
        () ->
            new Search() {
              @Override
              public Void visitClass(ClassTree type, JavaSyntax syntax) {
                if (words(type.getSimpleName().toString()).anyMatch(BANNED_WORDS::contains)) {
                  found(syntax.place(type) + " " + type.getSimpleName());
                }
                return super.visitClass(type, syntax);
              }

              @Override
              public Void visitCompilationUnit(CompilationUnitTree unit, JavaSyntax syntax) {
                if (words(syntax.packageName()).anyMatch(BANNED_WORDS::contains)) {
                  found(syntax.file().path() + " package " + syntax.packageName());
                }
                return super.visitCompilationUnit(unit, syntax);
              }
            });
  }

  static TidyRule starImports() {
    return syntaxRule(
        "star import",
        SourceFile::isJava,
        () ->
            new Search() {
              @Override
              public Void visitImport(ImportTree tree, JavaSyntax syntax) {
                if (tree.getQualifiedIdentifier().toString().endsWith(".*")) {
                  found(syntax.place(tree));
                }
                return super.visitImport(tree, syntax);
              }
            });
  }

  static TidyRule disabledTests() {
    return syntaxRule(
        "test that is switched off",
        SourceFile::isTest,
        () ->
            new Search() {
              @Override
              public Void visitAnnotation(AnnotationTree annotation, JavaSyntax syntax) {
                if (SWITCH.matcher(annotation.getAnnotationType().toString()).matches()) {
                  found(syntax.place(annotation));
                }
                return super.visitAnnotation(annotation, syntax);
              }
            });
  }

  static TidyRule sleepingTests() {
    return syntaxRule(
        "sleep in a test",
        SourceFile::isTest,
        () ->
            new Search() {
              @Override
              public Void visitMethodInvocation(MethodInvocationTree call, JavaSyntax syntax) {
                String method = call.getMethodSelect().toString();
                boolean parks =
                    PARK.matcher(method).matches() && !MAY_PARK.containsKey(syntax.file().stem());
                if (parks || SLEEP.matcher(method).matches()) {
                  found(syntax.place(call));
                }
                return super.visitMethodInvocation(call, syntax);
              }
            });
  }

  static TidyRule unmarkedPackages() {
    return new TidyRule(
        "package without a @NullMarked package-info",
        SourceFile::isJava,
        (subjects, tree) -> {
          Set<String> marked =
              subjects.stream()
                  .filter(SourceFile::isPackageInfo)
                  .filter(JavaRules::isNullMarked)
                  .map(JavaRules::packageInModule)
                  .collect(Collectors.toSet());
          return subjects.stream()
              .map(JavaRules::packageInModule)
              .distinct()
              .filter(name -> !marked.contains(name))
              .toList();
        });
  }

  private static boolean isNullMarked(SourceFile packageInfo) {
    return JavaSyntax.of(packageInfo).unit().getPackageAnnotations().stream()
        .anyMatch(annotation -> annotation.getAnnotationType().toString().endsWith("NullMarked"));
  }

  private static String packageInModule(SourceFile file) {
    return file.module() + ": " + JavaSyntax.of(file).packageName();
  }

  /** The words of a camel-case or dotted name, in lower case. */
  private static Stream<String> words(String name) {
    return Arrays.stream(name.split("[._]|(?<=[a-z0-9])(?=[A-Z])"))
        .map(word -> word.toLowerCase(Locale.ROOT));
  }

  private static TidyRule syntaxRule(
      String name, Predicate<SourceFile> subject, Supplier<Search> search) {
    return TidyRule.perFile(
        name, subject.and(SourceFile::isJava), file -> search.get().in(JavaSyntax.of(file)));
  }

  /** A walk over the syntax of one file that notes what it finds. */
  private abstract static class Search extends TreeScanner<Void, JavaSyntax> {

    private final List<String> found = new ArrayList<>();

    final List<String> in(JavaSyntax syntax) {
      scan(syntax.unit(), syntax);
      return found;
    }

    final void found(String place) {
      found.add(place);
    }
  }
}
