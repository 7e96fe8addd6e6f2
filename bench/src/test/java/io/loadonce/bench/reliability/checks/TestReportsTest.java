package io.loadonce.bench.reliability.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestReportsTest {

  private static final Instant CHANGED = Instant.parse("2026-11-28T10:00:00Z");
  private static final List<String> ALL = List.of("db/**/*BugsTest.java");

  @TempDir private Path root;

  @BeforeEach
  void makeSources() throws IOException {
    for (String module : List.of("proto", "server", "client")) {
      Files.createDirectories(root.resolve(module));
    }
    write("db/src/test/java/a/OneBugsTest.java", CHANGED, "class OneBugsTest {}");
    write("db/src/test/java/a/TwoBugsTest.java", CHANGED, "class TwoBugsTest {}");
    report("One", CHANGED.plusSeconds(1), "tests=\"3\" errors=\"0\" skipped=\"0\" failures=\"0\"");
  }

  @Test
  void read_allPassed_isWhole() throws IOException {
    report("Two", CHANGED.plusSeconds(1), "tests=\"4\" errors=\"0\" skipped=\"0\" failures=\"0\"");
    Found found = TestReports.of(root).read(ALL);
    assertThat(found.isWhole()).isTrue();
    assertThat(found.text()).isEqualTo("7 of 7, in 2 classes");
  }

  @Test
  void read_oneFailedOneWasSkippedOneHadAnError_isNotWhole() throws IOException {
    report("Two", CHANGED.plusSeconds(1), "tests=\"4\" errors=\"1\" skipped=\"1\" failures=\"1\"");
    Found found = TestReports.of(root).read(ALL);
    assertThat(found.isWhole()).isFalse();
    assertThat(found.text()).isEqualTo("4 of 7, in 2 classes");
  }

  @Test
  void read_reportOlderThanTheSources_isMissing() throws IOException {
    report("Two", CHANGED.minusSeconds(1), "tests=\"4\" errors=\"0\" skipped=\"0\" failures=\"0\"");
    Found found = TestReports.of(root).read(ALL);
    assertThat(found.isWhole()).isFalse();
    assertThat(found.text()).isEqualTo("3 of 3, in 1 classes; not run: TwoBugsTest");
  }

  @Test
  void read_noSuchClass_throws() throws IOException {
    TestReports reports = TestReports.of(root);
    assertThatThrownBy(() -> reports.read(List.of("db/**/NoTest.java")))
        .hasMessage("no test has a path like db/**/NoTest.java");
  }

  @Test
  void parse_outputOfTwoFuzzTests_countsInputsClassesAndFailures() {
    String printed =
        """
        Done 76600 runs in 4 second(s)
        [INFO] Tests run: 19, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 20.16 s -- in a.IdFuzzTest
        Done 400 runs in 1 second(s)
        [ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 1 s <<< FAILURE! -- in a.UrlFuzzTest
        [ERROR] Tests run: 21, Failures: 1, Errors: 0, Skipped: 0
        """;
    assertThat(FuzzLog.parse(printed)).isEqualTo(new FuzzLog(77_000, 2, 1));
  }

  private void report(String name, Instant written, String counts) throws IOException {
    write(
        "db/target/surefire-reports/TEST-a.%sBugsTest.xml".formatted(name),
        written,
        "<testsuite version=\"3.0.2\" name=\"a\" time=\"1.0\" %s flakes=\"0\">".formatted(counts));
  }

  private void write(String path, Instant written, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(written));
  }
}
