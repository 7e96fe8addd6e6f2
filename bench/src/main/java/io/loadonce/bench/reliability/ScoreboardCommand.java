package io.loadonce.bench.reliability;

import io.loadonce.bench.reliability.ScoreboardPage.Finished;
import io.loadonce.bench.speed.contender.Jvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code loadonce scoreboard}. */
@Command(
    name = "scoreboard",
    mixinStandardHelpOptions = true,
    description =
        "Measures what the service does under overload, faults, restarts and attacks, and writes"
            + " docs/reliability.md. Exits with 1 if a section does not hold.")
public final class ScoreboardCommand implements Callable<Integer> {

  private final List<Section> sections;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "SECTION",
      description =
          "run these sections only, and print them without writing the page; the section fleet runs"
              + " only if it is named here, and alone it writes docs/fleet-figures.md")
  private @Nullable List<String> only;

  @Option(
      names = "--quick",
      description =
          "short run that checks the sections themselves; its figures are not valid, and the page"
              + " is not written")
  private boolean quick;

  /** With all sections. */
  public ScoreboardCommand() {
    this(Sections.ALL);
  }

  ScoreboardCommand(List<Section> sections) {
    this.sections = List.copyOf(sections);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Section> chosen = chosen();
    List<Finished> finished = new ArrayList<>();
    for (Section section : chosen) {
      finished.add(run(section));
    }
    Page page = chosen.getFirst().page();
    boolean isWritten = !quick && chosen.equals(sectionsOf(page));
    Path root = Jvm.projectRoot();
    String text =
        new ScoreboardPage(Clock.systemUTC(), commit(root)).text(page, commandLine(), finished);
    if (isWritten) {
      ScoreboardPage.write(root, page, text);
    }
    PrintWriter out = commandSpec().commandLine().getOut();
    out.println(isWritten ? "written: " + page.path() : text);
    out.println(ScoreboardPage.result(finished));
    out.flush();
    return finished.stream().allMatch(Finished::holds) ? 0 : 1;
  }

  private List<Section> chosen() {
    List<String> names = only;
    if (names == null) {
      return sectionsOf(Page.RELIABILITY);
    }
    for (String name : names) {
      if (sections.stream().noneMatch(section -> section.name().equals(name))) {
        throw new ParameterException(
            commandSpec().commandLine(),
            "there is no section '%s'; the sections are %s"
                .formatted(
                    name, sections.stream().map(Section::name).collect(Collectors.joining(", "))));
      }
    }
    return sections.stream().filter(section -> names.contains(section.name())).toList();
  }

  private List<Section> sectionsOf(Page page) {
    return sections.stream().filter(section -> section.page() == page).toList();
  }

  /** A section that fails is red, and the others run all the same. */
  private Finished run(Section section) throws InterruptedException {
    say("section " + section.name() + ": " + section.title());
    Scores scores = new Scores(line -> say("  " + line));
    long began = System.nanoTime();
    try {
      section.run(scores, quick);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      e.printStackTrace(commandSpec().commandLine().getErr());
      scores.judge("the section runs to its end", "it failed: " + e, "it ends", /* holds= */ false);
    }
    return new Finished(section, scores, Duration.ofNanos(System.nanoTime() - began));
  }

  private void say(String line) {
    PrintWriter progress = commandSpec().commandLine().getErr();
    progress.println(line);
    progress.flush();
  }

  private String commandLine() {
    List<String> words = new ArrayList<>(List.of("./loadonce"));
    words.addAll(commandSpec().commandLine().getParseResult().originalArgs());
    return String.join(" ", words);
  }

  /** The commit of the sources, and whether they have been changed since. */
  private static String commit(Path root) throws InterruptedException {
    String head = git(root, "rev-parse", "--short", "HEAD");
    if (head.isEmpty()) {
      return "unknown";
    }
    // The pages may be those of an earlier run.
    String changes = git(root, "status", "--porcelain", "--", ".", ":!docs");
    return changes.isEmpty() ? head : head + " with changes";
  }

  /** What git says; nothing if it fails, for example because this is no clone. */
  private static String git(Path root, String... words) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("git", "-C", root.toString()));
    command.addAll(List.of(words));
    try {
      Process git =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return git.waitFor() == 0 ? answer.strip() : "";
    } catch (IOException _) {
      return "";
    }
  }

  private CommandSpec commandSpec() {
    if (spec == null) {
      throw new IllegalStateException("only for picocli to run");
    }
    return spec;
  }
}
