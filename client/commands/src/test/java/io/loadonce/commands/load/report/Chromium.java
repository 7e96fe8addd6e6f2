package io.loadonce.commands.load.report;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A browser without a window. In Debian it is in the package chromium. */
final class Chromium {

  private static final int TIMEOUT_SECONDS = 60;

  /** How much time passes for the scripts of a page before it is looked at. */
  private static final int PAGE_MILLIS = 3_000;

  private final Path program;
  private final Path directory;

  private Chromium(Path program, Path directory) {
    this.program = program;
    this.directory = directory;
  }

  /**
   * What was seen of a page.
   *
   * @param dom the page after its scripts have run
   * @param console what the browser has reported about it
   */
  record Seen(String dom, String console) {}

  /**
   * Finds the browser; without it the test is skipped, except in CI, where it fails.
   *
   * @param directory for its files
   */
  static Chromium find(Path directory) {
    String path = System.getenv().getOrDefault("PATH", "");
    List<Path> found =
        Stream.of(path.split(File.pathSeparator))
            .flatMap(
                each -> Stream.of(Path.of(each, "chromium"), Path.of(each, "chromium-browser")))
            .filter(Files::isExecutable)
            .toList();
    if (found.isEmpty() && System.getenv("CI") != null) {
      throw new IllegalStateException("no browser is installed; install the package chromium");
    }
    assumeTrue(!found.isEmpty(), "Chromium is not installed");
    return new Chromium(found.getFirst(), directory);
  }

  /** Opens a page and runs its scripts. */
  Seen open(String url) throws IOException, InterruptedException {
    Path dom = Files.createTempFile(directory, "dom", ".html");
    Path log = Files.createTempFile(directory, "log", ".txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless=new",
                "--disable-gpu",
                "--no-first-run",
                "--user-data-dir=" + directory.resolve("profile"),
                "--enable-logging=stderr",
                "--dump-dom",
                "--virtual-time-budget=" + PAGE_MILLIS));
    if ("root".equals(System.getProperty("user.name"))) {
      command.add("--no-sandbox");
    }
    command.add(url);
    Process browser =
        new ProcessBuilder(command)
            .redirectOutput(dom.toFile())
            .redirectError(log.toFile())
            .start();
    try {
      if (!browser.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the browser did not end: " + Files.readString(log));
      }
    } finally {
      browser.descendants().forEach(ProcessHandle::destroyForcibly);
      browser.destroyForcibly();
    }
    String console =
        Files.readString(log)
            .lines()
            .filter(line -> line.contains(":CONSOLE"))
            .collect(Collectors.joining("\n"));
    return new Seen(Files.readString(dom), console);
  }
}
