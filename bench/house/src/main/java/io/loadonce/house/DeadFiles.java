package io.loadonce.house;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.TreeScanner;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Files that nothing needs: left over by a tool, empty, or a type that nobody uses. */
final class DeadFiles {

  private static final Pattern LEFT_OVER =
      Pattern.compile(".*(\\.orig|\\.rej|\\.bak|\\.swp|\\.tmp|~)|\\.DS_Store");

  /** What JUnit, JMH and the JVM find by themselves. */
  private static final Pattern FOUND_BY_OTHERS =
      Pattern.compile("@(\\w*Test|Benchmark)\\b|\\bvoid main\\(");

  private DeadFiles() {}

  static TidyRule leftOvers() {
    return TidyRule.perFile(
        "file left over or empty",
        file -> true,
        file ->
            file.text().isBlank() || LEFT_OVER.matcher(file.name()).matches()
                ? List.of(file.path())
                : List.of());
  }

  static TidyRule unusedTypes() {
    return new TidyRule(
        "type that nothing names but its own test",
        file -> file.isJava() && !file.isPackageInfo(),
        (subjects, tree) -> {
          Map<String, Set<String>> namedIn = namedIn(tree);
          return subjects.stream()
              .filter(file -> !isFoundByOthers(file) && !isNamedElsewhere(file, namedIn))
              .map(SourceFile::path)
              .toList();
        });
  }

  private static boolean isFoundByOthers(SourceFile file) {
    return FOUND_BY_OTHERS.matcher(file.text()).find();
  }

  private static boolean isNamedElsewhere(SourceFile file, Map<String, Set<String>> namedIn) {
    Set<String> own =
        file.isTest() ? Set.of(file.stem()) : Set.of(file.stem(), file.stem() + "Test");
    return namedIn.getOrDefault(file.stem(), Set.of()).stream()
        .anyMatch(other -> !own.contains(other));
  }

  /** For each name, the stems of the files that use it; comments and imports do not count. */
  private static Map<String, Set<String>> namedIn(List<SourceFile> tree) {
    Map<String, Set<String>> namedIn = new HashMap<>();
    for (SourceFile file : tree) {
      for (String name : file.isJava() ? identifiers(file) : words(file)) {
        namedIn.computeIfAbsent(name, key -> new HashSet<>()).add(file.stem());
      }
    }
    return namedIn;
  }

  /** A POM, a script or a service file may name a class; prose and data do not keep one alive. */
  private static Set<String> words(SourceFile file) {
    boolean runs = file.isPom() || file.path().contains("META-INF/") || !file.name().contains(".");
    return runs ? Set.copyOf(Arrays.asList(file.text().split("\\W+"))) : Set.of();
  }

  private static Set<String> identifiers(SourceFile file) {
    Set<String> names = new HashSet<>();
    JavaSyntax.of(file).unit().getTypeDecls().forEach(type -> new Names().scan(type, names));
    return names;
  }

  private static final class Names extends TreeScanner<Void, Set<String>> {

    @Override
    public Void visitIdentifier(IdentifierTree tree, Set<String> names) {
      names.add(tree.getName().toString());
      return super.visitIdentifier(tree, names);
    }

    @Override
    public Void visitMemberSelect(MemberSelectTree tree, Set<String> names) {
      names.add(tree.getIdentifier().toString());
      return super.visitMemberSelect(tree, names);
    }
  }
}
