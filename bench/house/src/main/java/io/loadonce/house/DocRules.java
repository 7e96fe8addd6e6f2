package io.loadonce.house;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a page says must hold: its links lead somewhere, its commands and its code are run by
 * somebody, and the document of the locks has them all.
 */
final class DocRules {

  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s#]*)(?:#([^)\\s]*))?\\)");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
  private static final Pattern FENCE = Pattern.compile("(?ms)^```\\w*\\n(.*?)^```");
  private static final int MOST_INDENT = 16;
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^(?:\\$ )?((?:\\./loadonce|mvn|npx|git|docker)\\b.*?)(?:\\s+#.*)?$");
  private static final Pattern MUTEX =
      Pattern.compile("\\b(synchronized|new (Reentrant\\w*Lock|StampedLock|Semaphore))\\b");

  private static final Pattern SERVICE =
      Pattern.compile("(db|server|client/\\w+)/src/main/.*\\.java");
  private static final String CONTINUED = "\\s*\\\\\\n\\s*";
  private static final String CI = ".ci/run";

  /** Where the README's service is; in CI it is wherever a port was free. */
  private static final String DEFAULT_TARGET = "127.0.0.1:50051";

  /** What CI cannot run, for want of such a database, and who runs it instead. */
  private static final String ANOTHER_TABLE = "./loadonce serve --db-url";

  private static final String RUNS_ANOTHER_TABLE =
      "server/src/test/java/io/loadonce/server/ReadmeTest.java";

  private DocRules() {}

  static TidyRule deadLinks() {
    return new TidyRule(
        "link that leads nowhere",
        file -> file.name().endsWith(".md"),
        (pages, tree) ->
            pages.stream()
                .flatMap(
                    page ->
                        LINK.matcher(page.text())
                            .results()
                            .filter(link -> !leadsSomewhere(link, page, tree))
                            .map(link -> page.path() + " " + link.group()))
                .toList());
  }

  /** Compared word for word, but for quotes and for the address of the service. */
  static TidyRule unrunCommands() {
    return new TidyRule(
        "command that nobody runs",
        file -> file.path().equals("README.md"),
        (pages, tree) -> {
          List<String> commands = pages.stream().flatMap(DocRules::commands).toList();
          return commands.isEmpty()
              ? List.of("found no command")
              : commands.stream().filter(command -> !isRun(command, tree)).toList();
        });
  }

  /** Each block of code on the page of the callers stands in a program that CI runs. */
  static TidyRule inventedCode() {
    return new TidyRule(
        "code that is in no program of interop/",
        file -> file.path().equals("docs/callers.md"),
        (pages, tree) -> {
          List<SourceFile> programs =
              tree.stream().filter(file -> file.module().equals("interop")).toList();
          List<String> blocks = pages.stream().flatMap(DocRules::blocks).toList();
          return blocks.isEmpty()
              ? List.of("found no code")
              : blocks.stream()
                  .filter(block -> programs.stream().noneMatch(file -> shows(file, block)))
                  .toList();
        });
  }

  static TidyRule unnamedMutexes() {
    return new TidyRule(
        "mutex that docs/locks.md does not name",
        file -> SERVICE.matcher(file.path()).matches() && MUTEX.matcher(file.text()).find(),
        (holders, tree) ->
            holders.stream()
                .filter(
                    holder ->
                        tree.stream()
                            .filter(file -> file.path().equals("docs/locks.md"))
                            .noneMatch(locks -> locks.text().contains("`" + holder.stem())))
                .map(SourceFile::path)
                .toList());
  }

  private static boolean leadsSomewhere(MatchResult link, SourceFile page, List<SourceFile> tree) {
    if (ELSEWHERE.matcher(link.group(1)).matches()) {
      return true;
    }
    String target = link.group(1).isEmpty() ? page.path() : from(page, link.group(1));
    Optional<SourceFile> file = tree.stream().filter(f -> f.path().equals(target)).findAny();
    if (link.group(2) != null) {
      return file.isPresent() && hasHeading(file.get(), link.group(2));
    }
    return file.isPresent() || tree.stream().anyMatch(f -> f.path().startsWith(target + "/"));
  }

  /** The path from the root, without a slash at its end. */
  private static String from(SourceFile page, String link) {
    return Path.of(page.path()).resolveSibling(link).normalize().toString().replace('\\', '/');
  }

  private static boolean hasHeading(SourceFile page, String anchor) {
    return HEADING
        .matcher(page.text())
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .anyMatch(anchor::equals);
  }

  private static Stream<String> blocks(SourceFile page) {
    return FENCE.matcher(page.text()).results().map(fence -> fence.group(1).stripTrailing());
  }

  /** Line by line, wherever the block is in the file and however far it is indented there. */
  private static boolean shows(SourceFile file, String block) {
    return IntStream.rangeClosed(0, MOST_INDENT)
        .mapToObj(indent -> block.indent(indent).replaceAll("(?m)^ +$", "").stripTrailing())
        .anyMatch(indented -> ("\n" + file.text()).contains("\n" + indented));
  }

  private static Stream<String> commands(SourceFile page) {
    return blocks(page)
        .map(block -> block.replaceAll(CONTINUED, " "))
        .flatMap(text -> COMMAND.matcher(text).results())
        .map(command -> command.group(1).strip());
  }

  private static boolean isRun(String command, List<SourceFile> tree) {
    if (command.startsWith(ANOTHER_TABLE)) {
      return tree.stream()
          .anyMatch(
              file ->
                  file.path().equals(RUNS_ANOTHER_TABLE) && file.text().contains(ANOTHER_TABLE));
    }
    Pattern line =
        Pattern.compile(
            "(?m)(^\\s*|\\$\\(|timeout \\d+ )"
                + Pattern.quote(bare(command.replace(DEFAULT_TARGET, "$target")))
                + "(?=[\\s)]|$)");
    return tree.stream()
        .filter(file -> file.path().equals(CI))
        .anyMatch(file -> line.matcher(bare(file.text().replaceAll(CONTINUED, " "))).find());
  }

  private static String bare(String shell) {
    return shell.replaceAll("[\"']", "");
  }
}
