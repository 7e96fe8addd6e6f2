package io.loadonce.house;

import java.io.IOException;
import java.io.UncheckedIOException;
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

  private static final Pattern REHEARSED = Pattern.compile("(?m)^(?:serve|quick)=\"(.*)\"$");

  private static final String REHEARSAL_HERE = "deploy/rehearse";
  private static final String REHEARSAL_THERE = "/opt/loadonce/rehearse";

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
      if (EXEC_FORM.matcher(start).matches()) {
        found.addAll(startViolations(start, root, jvmArguments));
      } else {
        found.add("not java -jar in exec form: " + start);
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

  private List<String> startViolations(String start, Path root, List<String> jvmArguments) {
    List<String> found = new ArrayList<>();
    List<String> words = words(start);
    for (String argument : jvmArguments) {
      if (!words.contains(argument)) {
        found.add("without " + argument + ": " + start);
      }
    }
    String jar = words.get(words.indexOf("-jar") + 1);
    if (!isBuilt(jar, root)) {
      found.add("no build makes " + jar);
      return found;
    }
    List<String> options = words.subList(1, words.indexOf("-jar"));
    String cache = jar.replaceFirst("\\.jar$", ".aot");
    if (!options.contains("-XX:AOTCache=" + cache)) {
      found.add("without the AOT cache " + cache + ": " + start);
    }
    if (arguments("RUN ").stream().noneMatch(run -> isRehearsal(run, jar))) {
      found.add("nobody makes " + cache);
    }
    List<String> own =
        options.stream()
            .filter(option -> option.startsWith("-XX:") && !option.contains("AOTCache"))
            .toList();
    if (!rehearsed(root).contains(own)) {
      found.add("no rehearsal has just the options " + own);
    }
    return found;
  }

  /** Whether {@code run} makes the AOT cache of {@code jar}, by the script that is copied. */
  private boolean isRehearsal(String run, String jar) {
    List<String> words = Arrays.asList(run.split("\\s+"));
    return run.startsWith("sh " + REHEARSAL_THERE + " java ")
        && words.contains(jar)
        && copiedFromHere().contains(REHEARSAL_HERE);
  }

  /** The options that the rehearsal gives to its JVMs, of which each makes one cache. */
  private static List<List<String>> rehearsed(Path root) {
    try {
      String script = Files.readString(root.resolve(REHEARSAL_HERE));
      return REHEARSED
          .matcher(script)
          .results()
          .map(line -> List.of(line.group(1).split(" ")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether {@code jar} is copied from where the module of that artifact puts its jar. */
  private boolean isBuilt(String jar, Path root) {
    return arguments("COPY --from=build ").stream()
        .filter(copy -> copy.endsWith(" " + jar))
        .map(copy -> copy.substring("/build/".length(), copy.indexOf(' ')))
        .anyMatch(
            source -> {
              String module = source.substring(0, Math.max(source.indexOf("/target/"), 0));
              String name = module.substring(module.lastIndexOf('/') + 1);
              return source.equals(module + "/target/loadonce-" + name + "-*.jar")
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
