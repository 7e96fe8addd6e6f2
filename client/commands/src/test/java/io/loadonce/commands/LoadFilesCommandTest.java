package io.loadonce.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.commands.load.record.RunFixture;
import io.loadonce.commands.load.record.RunJson;
import io.loadonce.commands.load.record.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands {@code load compare} and {@code load merge}. */
class LoadFilesCommandTest {

  @TempDir private Path directory;

  @BeforeEach
  void writeRuns() throws IOException {
    write("a.json", RunJson.write(RunFixture.run(2, 1, 20, 0, List.of())));
    write("b.json", RunJson.write(RunFixture.run(2, 2, 20, 0, List.of())));
    write("slow.json", RunJson.write(RunFixture.run(3, 3, 20, 0, List.of())));
    write("short.json", RunJson.write(RunFixture.shortened(RunFixture.run(2, 2), 4, "x:1")));
    write("other.json", "{}");
  }

  @Test
  void compare_sameServer_exitsWith0() {
    CommandRun run = CommandRun.of("load", "compare", file("a.json"), file("b.json"));

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("p99 ms", "seed 1").endsWith("no difference\n");
  }

  @Test
  void compare_oneIsSlower_exitsWith3AndSaysWhich() {
    CommandRun run =
        CommandRun.of("load", "compare", "--seed", "9", file("a.json"), file("slow.json"));

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.out()).contains("seed 9").endsWith("A is better in p99 ms\n");
  }

  @Test
  void merge_twoRuns_writesAllForms() {
    CommandRun run =
        CommandRun.of(
            "load",
            "merge",
            file("a.json"),
            file("b.json"),
            "--out",
            file("c.json"),
            "--out",
            file("c.html"),
            "--out",
            file("c.csv"));

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    RunRecord merged = RunJson.read(directory.resolve("c.json"));
    assertThat(merged.calls()).isEqualTo(40_000);
    assertThat(directory.resolve("c.html")).content().contains("39,600");
    assertThat(directory.resolve("c.csv")).content().hasLineCount(21);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          compare a.json                         | Missing required parameter: 'B.json'
          compare a.json none.json               | none.json cannot be read
          compare a.json other.json              | other.json is not a run that 'load --out FILE.json'
          compare a.json short.json              | the run B has 4 seconds, but a comparison needs 5
          compare a.json b.json --tolerance 5    | tolerance is '5' but must be a share such as 10%
          merge a.json b.json                    | Missing required option: '--out=FILE'
          merge a.json b.json --out c.xml        | c.xml' but must end with .json, .csv or .html
          merge a.json other.json --out c.json   | other.json is not a run
          """)
  void files_areWrong_saysSoOnOneLineAndExitsWith2(String arguments, String said) {
    CommandRun run =
        CommandRun.of(
            ("load " + arguments).replaceAll("(\\S+\\.(json|xml))", directory + "/$1").split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines()).singleElement().asString().contains(said);
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }
}
