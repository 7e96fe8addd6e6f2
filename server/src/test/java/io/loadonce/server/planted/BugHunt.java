package io.loadonce.server.planted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The bugs of one file of {@code resources/planted}. A check that cannot fail is no check: with
 * each bug in the code, its check must fail, and with the message that the bug names.
 *
 * <p>Each file has a test class of its own, so that a class takes less than a minute.
 */
final class BugHunt implements BeforeAllCallback, AfterAllCallback {
  private static final Duration TIME_LIMIT = Duration.ofMinutes(4);
  private static final Path OUTPUT = Path.of("target", "planted");

  private final String file;
  private @Nullable Path scratch;
  private @Nullable PlantedCompiler compiler;
  private @Nullable CheckWorkers workers;

  /**
   * @param file the name of the file
   */
  BugHunt(String file) {
    this.file = file;
  }

  List<PlantedBug> bugs() {
    return PlantedBugs.of(file);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    scratch = Files.createTempDirectory(Files.createDirectories(OUTPUT).toAbsolutePath(), file);
    compiler = new PlantedCompiler(CheckWorker.classPath());
    workers = new CheckWorkers(scratch, TIME_LIMIT);
  }

  /** Throws, and says why, unless the check of the bug finds it. For any thread. */
  void requireFound(PlantedBug bug) throws IOException, InterruptedException {
    Path classes = Files.createTempDirectory(Objects.requireNonNull(scratch), "classes");
    Objects.requireNonNull(compiler).compile(bug, classes);
    CheckResult.requireFound(bug, Objects.requireNonNull(workers).run(classes, bug.check()));
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    Objects.requireNonNull(workers).close();
    Objects.requireNonNull(compiler).close();
  }
}
