package io.loadonce.server.planted;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A check that cannot fail is no check: with each bug of {@code resources/planted} in the code, its
 * check must fail, and with the message that the bug names.
 */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class PlantedBugsTest {
  private static final Duration TIME_LIMIT = Duration.ofMinutes(4);

  @TempDir private static Path scratch;

  private static PlantedCompiler compiler;
  private static CheckWorkers workers;

  @BeforeAll
  static void start() throws IOException {
    compiler = new PlantedCompiler(CheckWorker.classPath());
    workers = new CheckWorkers(scratch, TIME_LIMIT);
  }

  @AfterAll
  static void stop() throws IOException {
    workers.close();
    compiler.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bugs")
  void check_bugPlanted_failsWithTheMessage(PlantedBug bug) throws Exception {
    Path classes = Files.createTempDirectory(scratch, "classes");
    compiler.compile(bug, classes);
    CheckResult.requireFound(bug, workers.run(classes, bug.check()));
  }

  @Test
  void promises_ofAllBugs_areDefined() {
    List<String> names = PlantedBugs.promises().stream().map(Promise::name).toList();
    assertThat(names).doesNotHaveDuplicates();
    assertThat(names).containsAll(bugs().stream().map(PlantedBug::promise).toList());
  }

  static List<PlantedBug> bugs() {
    return PlantedBugs.all();
  }
}
