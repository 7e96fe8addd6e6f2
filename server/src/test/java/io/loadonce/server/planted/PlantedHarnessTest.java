package io.loadonce.server.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/** What runs the checks of the planted bugs can itself fail: each way is here. */
@Tag("slow")
class PlantedHarnessTest {
  private static final String RIGHT = "return a + b;";
  private static final String CHECK = "io.loadonce.server.planted.SumCheck#of_twoAndThree_isFive";
  private static final String LINE = "assertThat(Sum.of(2, 3)).as(\"2 + 3\").isEqualTo(5);";
  private static final String MESSAGE = "[2 + 3] expected: 5 but was: -1 at " + LINE;

  @TempDir private static Path scratch;
  private static PlantedCompiler compiler;
  private static CheckWorkers workers;

  @BeforeAll
  static void start() throws IOException {
    compiler = new PlantedCompiler(CheckWorker.classPath());
    workers = new CheckWorkers(scratch, Duration.ofSeconds(60));
  }

  @AfterAll
  static void stop() throws IOException {
    workers.close();
    compiler.close();
  }

  @Test
  void check_bugPlanted_isRedWithItsMessage() throws Exception {
    PlantedBug bug = bug("return a - b;", CHECK);
    CheckResult.requireFound(bug, run(bug));
  }

  @Test
  void check_nothingWrong_isGreenAndTheBugNotFound() throws Exception {
    PlantedBug bug = bug("return b + a;", CHECK);
    CheckResult result = run(bug);
    assertThat(result).isEqualTo(new CheckResult.Green());
    assertThatThrownBy(() -> CheckResult.requireFound(bug, result))
        .hasMessageContaining("the check passes with the bug in the code");
  }

  @Test
  void check_failsWithAnotherMessage_isNotTakenForRed() throws Exception {
    PlantedBug bug = bug("throw new NullPointerException();", CHECK);
    CheckResult result = run(bug);
    String message = "java.lang.NullPointerException at " + LINE;
    assertThat(result).isEqualTo(new CheckResult.Red(message));
    assertThatThrownBy(() -> CheckResult.requireFound(bug, result))
        .hasMessageContaining("the check fails with another message than [" + MESSAGE + "]:")
        .hasMessageEndingWith(message);
  }

  @Test
  void check_noSuchTest_isNotTakenForRed() throws Exception {
    PlantedBug bug = bug("return a - b;", CHECK + "OrSix");
    CheckResult result = run(bug);
    assertThat(result).isEqualTo(new CheckResult.RanNothing());
    assertThatThrownBy(() -> CheckResult.requireFound(bug, result))
        .hasMessageContaining("there is no such check");
  }

  @Test
  void check_neverEnds_isNotTakenForRedAndTheNextOneRuns() throws Exception {
    PlantedBug bug = bug("while (true) { Thread.onSpinWait(); }", CHECK);
    CheckResult result;
    try (CheckWorkers hasty = new CheckWorkers(scratch, Duration.ofSeconds(3))) {
      result = hasty.run(planted(bug), CHECK);
    }
    assertThatThrownBy(() -> CheckResult.requireFound(bug, result))
        .hasMessageContaining("the check did not end within 3 s");
    assertThat(run(bug("return b + a;", CHECK))).isEqualTo(new CheckResult.Green());
  }

  @Test
  void check_endsItsJvm_isNotTakenForRedAndTheNextOneRuns() throws Exception {
    PlantedBug bug = bug("Runtime.getRuntime().halt(1); return 0;", CHECK);
    CheckResult result = run(bug);
    assertThatThrownBy(() -> CheckResult.requireFound(bug, result))
        .hasMessageContaining("the JVM of the check ended before the check");
    assertThat(run(bug("return b + a;", CHECK))).isEqualTo(new CheckResult.Green());
  }

  @Test
  void check_afterOneThatLeftSomething_findsNothingOfIt() throws Exception {
    PlantedBug bug = bug("System.setProperty(\"left.behind\", \"\"); return a - b;", CHECK);
    CheckResult.requireFound(bug, run(bug));
    assertThat(run(bug("return b + a;", CHECK))).isEqualTo(new CheckResult.Green());
  }

  @Test
  void compile_bugIsNoJava_isAnError() {
    assertThatThrownBy(() -> planted(bug("return a -;", CHECK)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("the bug does not compile: ");
  }

  private CheckResult run(PlantedBug bug) throws IOException, InterruptedException {
    return workers.run(planted(bug), bug.check());
  }

  private Path planted(PlantedBug bug) throws IOException {
    Path classes = Files.createTempDirectory(scratch, "classes");
    compiler.compile(bug, classes);
    return classes;
  }

  private static PlantedBug bug(String wrong, String check) {
    return new PlantedBug(
        "G0",
        "a sum is wrong",
        "server/src/test/java/io/loadonce/server/planted/Sum.java",
        RIGHT,
        wrong,
        check,
        List.of(MESSAGE));
  }
}
