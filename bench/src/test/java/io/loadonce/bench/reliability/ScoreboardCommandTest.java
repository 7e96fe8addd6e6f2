package io.loadonce.bench.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A section that has proved nothing is red, and so is one that fails or misses a bound. */
class ScoreboardCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void execute_boundKept_exitsWithZero() {
    assertThat(run(section("good", scores -> scores.judge("calls | lost", "0", "0", true))))
        .isZero();
    assertThat(out.toString())
        .contains(
            "## good",
            "| calls \\| lost | 0 | 0 | yes |",
            "1 of 1 sections hold.",
            "`./loadonce --quick`",
            "commit ");
  }

  @Test
  void execute_nothingJudged_isRed() {
    assertThat(run(section("silent", _ -> {}), section("notes", scores -> scores.note("a", "b"))))
        .isEqualTo(1);
    assertThat(out.toString())
        .contains(
            "| nothing was measured | | | **NO** |",
            "| a | b |  |  |",
            "2 of 2 sections do not hold: silent, notes.");
  }

  @Test
  void execute_partNotRun_exitsWithZeroAndNamesThePart() {
    assertThat(
            run(
                section(
                    "partly",
                    scores -> {
                      scores.judge("x", "1", "1", true);
                      scores.notRun("sslscan", "it is not installed");
                    })))
        .isZero();
    assertThat(out.toString())
        .contains(
            "| sslscan | not run: it is not installed |  | NOT RUN |",
            "1 of 1 sections hold; not run: sslscan.");
  }

  @Test
  void execute_boundMissed_isRed() {
    assertThat(
            run(
                section(
                    "mixed",
                    scores -> {
                      scores.judge("good", "1", "1", true);
                      scores.judge("bad", "2", "1", false);
                    })))
        .isEqualTo(1);
    assertThat(out.toString()).contains("Holds: **NO**", "| bad | 2 | 1 | **NO** |");
  }

  @Test
  void execute_sectionFails_isRedAndTheNextOneRuns() {
    Section failing =
        section(
            "failing",
            scores -> {
              scores.judge("good", "1", "1", true);
              throw new IllegalStateException("no database");
            });
    assertThat(run(failing, section("next", scores -> scores.judge("x", "1", "1", true))))
        .isEqualTo(1);
    assertThat(out.toString())
        .contains("no database", "| x | 1 | 1 | yes |", "1 of 2 sections do not hold: failing.");
  }

  @Test
  void execute_unknownSection_exitsWithTwoAndNamesTheSections() {
    assertThat(
            command(List.of(section("good", scores -> scores.judge("x", "1", "1", true))))
                .execute("--only", "god"))
        .isEqualTo(2);
    assertThat(err.toString()).startsWith("there is no section 'god'; the sections are good");
  }

  @Test
  void execute_sectionOfAnotherPage_runsIfItIsNamed() {
    Section usual = section("usual", scores -> scores.judge("x", "1", "1", true));
    Section named =
        new Section() {
          @Override
          public String name() {
            return "named";
          }

          @Override
          public String title() {
            return "It is a test.";
          }

          @Override
          public Page page() {
            return Page.FLEET;
          }

          @Override
          public void run(Scores scores, boolean isQuick) {
            scores.judge("y", "2", "2", true);
          }
        };
    assertThat(run(usual, named)).isZero();
    assertThat(out.toString())
        .contains("## usual", "1 of 1 sections hold.")
        .doesNotContain("named");
    assertThat(command(List.of(usual, named)).execute("--quick", "--only", "named")).isZero();
    assertThat(out.toString()).contains("# Figures of several instances", "| y | 2 | 2 | yes |");
  }

  private int run(Section... sections) {
    return command(List.of(sections)).execute("--quick");
  }

  private CommandLine command(List<Section> sections) {
    return new CommandLine(new ScoreboardCommand(sections))
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err));
  }

  /** What a section does. */
  private interface Body {
    void run(Scores scores) throws Exception;
  }

  private static Section section(String name, Body body) {
    return new Section() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String title() {
        return "It is a test.";
      }

      @Override
      public void run(Scores scores, boolean isQuick) throws Exception {
        body.run(scores);
      }
    };
  }
}
