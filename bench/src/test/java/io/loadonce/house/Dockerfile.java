package io.loadonce.house;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The container's recipe, as far as it can be judged without a container engine.
 *
 * @param instructions one a line, without comments and continuations
 */
record Dockerfile(List<String> instructions) {

  /** {@code ["java", …, "-jar", "/path.jar", …]}. */
  private static final Pattern EXEC_FORM = Pattern.compile("\\[\\s*\"java\",.*\"-jar\",.*]");

  static Dockerfile parse(String text) {
    String joined = text.replaceAll("(?m)^\\s*#.*\\n", "").replaceAll("\\\\\\n", " ");
    return new Dockerfile(joined.lines().map(String::strip).filter(s -> !s.isEmpty()).toList());
  }

  /**
   * What is wrong with the recipe, a line each.
   *
   * @param root where its sources are looked for
   * @param jvmArguments what every JVM of ours is started with
   */
  List<String> violations(Path root, List<String> jvmArguments) {
    List<String> found = new ArrayList<>();
    for (String source : copiedFromHere()) {
      if (!Files.exists(root.resolve(source))) {
        found.add("COPY " + source + ": no such file");
      }
    }
    for (String start : List.of(last("ENTRYPOINT "), healthCheck())) {
      if (!EXEC_FORM.matcher(start).matches()) {
        found.add("not java -jar in exec form: " + start);
        continue;
      }
      for (String argument : jvmArguments) {
        if (!words(start).contains(argument)) {
          found.add("without " + argument + ": " + start);
        }
      }
      String jar = words(start).get(words(start).indexOf("-jar") + 1);
      if (!isBuilt(jar, root)) {
        found.add("no build makes " + jar);
      }
    }
    if (!last("USER ").matches("[1-9]\\d*:[1-9]\\d*")) {
      found.add("runs as root or as a name that the host cannot check: " + last("USER "));
    }
    if (!last("EXPOSE ").equals("50051 9090")) {
      found.add("EXPOSE " + last("EXPOSE "));
    }
    return found;
  }

  /** The files and directories that the build needs of the project. */
  List<String> copiedFromHere() {
    return arguments("COPY ").stream()
        .filter(copy -> !copy.startsWith("--from"))
        .map(copy -> Arrays.asList(copy.split("\\s+")))
        .flatMap(words -> words.subList(0, words.size() - 1).stream())
        .toList();
  }

  /** Whether {@code jar} is copied from where the module of that artifact puts its jar. */
  private boolean isBuilt(String jar, Path root) {
    return arguments("COPY --from=build ").stream()
        .filter(copy -> copy.endsWith(" " + jar))
        .map(copy -> copy.substring("/build/".length(), copy.indexOf(' ')))
        .anyMatch(
            source -> {
              String module = source.substring(0, source.indexOf('/'));
              return source.equals(module + "/target/loadonce-" + module + "-*.jar")
                  && Files.exists(root.resolve(module).resolve("pom.xml"));
            });
  }

  private String healthCheck() {
    String check = last("HEALTHCHECK ");
    int command = check.indexOf("CMD ");
    return command < 0 ? check : check.substring(command + "CMD ".length()).strip();
  }

  private String last(String instruction) {
    List<String> all = arguments(instruction);
    return all.isEmpty() ? "" : all.getLast();
  }

  private List<String> arguments(String instruction) {
    return instructions.stream()
        .filter(line -> line.startsWith(instruction))
        .map(line -> line.substring(instruction.length()).strip())
        .toList();
  }

  private static List<String> words(String execForm) {
    return Pattern.compile("\"([^\"]*)\"")
        .matcher(execForm)
        .results()
        .map(word -> word.group(1))
        .toList();
  }
}
