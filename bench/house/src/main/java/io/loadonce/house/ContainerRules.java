package io.loadonce.house;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the Dockerfile needs of the repository is there; no container engine is needed for that. */
final class ContainerRules {

  private static final Pattern COPY = Pattern.compile("(?m)^COPY (?!--from)(.*) \\S+$");
  private static final Pattern OPTIONS = Pattern.compile("\"@/opt/loadonce/([^\"]*)\"");
  private static final Pattern MODULE = Pattern.compile("<module>(.*)</module>");

  private ContainerRules() {}

  static TidyRule missingFiles() {
    return new TidyRule(
        "Dockerfile that cannot be built",
        file -> file.path().equals("Dockerfile"),
        (subjects, tree) ->
            subjects.stream().flatMap(dockerfile -> missing(dockerfile, tree)).toList());
  }

  private static Stream<String> missing(SourceFile dockerfile, List<SourceFile> tree) {
    List<String> copied =
        COPY.matcher(dockerfile.text())
            .results()
            .flatMap(copy -> Stream.of(copy.group(1).split("\\s+")))
            .toList();
    List<String> found = new ArrayList<>();
    for (String source : copied) {
      if (tree.stream().noneMatch(isIn(source))) {
        found.add("COPY " + source + ": no such file");
      } else if (!lines(".dockerignore", tree).contains("!" + source)) {
        found.add("COPY " + source + ": .dockerignore keeps it out");
      }
    }
    OPTIONS
        .matcher(dockerfile.text())
        .results()
        .map(options -> options.group(1))
        .filter(
            options ->
                tree.stream().noneMatch(isIn(options))
                    || copied.stream().noneMatch(source -> isUnder(source, options)))
        .forEach(options -> found.add(options + ": no such file, or it is not copied"));
    lines("pom.xml", tree).stream()
        .flatMap(line -> MODULE.matcher(line).results())
        .map(module -> module.group(1) + "/pom.xml")
        .filter(pom -> copied.stream().noneMatch(source -> isUnder(source, pom)))
        .forEach(pom -> found.add(pom + ": Maven needs it, and it is not copied"));
    return found.stream().distinct();
  }

  private static Predicate<SourceFile> isIn(String source) {
    return file -> isUnder(source, file.path());
  }

  private static boolean isUnder(String source, String path) {
    return path.equals(source) || path.startsWith(source + "/");
  }

  private static List<String> lines(String path, List<SourceFile> tree) {
    return tree.stream()
        .filter(file -> file.path().equals(path))
        .flatMap(file -> file.lines().stream())
        .toList();
  }
}
