package io.loadonce.commands.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.commands.load.record.RunFixture;
import io.loadonce.commands.load.record.RunRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of a run, by hand and in a real browser. */
@Timeout(120)
class RunPageTest {

  private static final RunRecord RUN = RunFixture.run(2, 7);

  @TempDir private Path directory;

  @Test
  void write_anyRun_isOneFileThatEscapesTexts() {
    String page = RunPage.write(RUN);

    assertThat(page)
        .contains(
            "Load test of 127.0.0.1:50051",
            "passed: --fail-if p99 &gt; 20ms is not true",
            "&lt;/script&gt;&lt;script&gt;alert(",
            "<th>p99.99</th>",
            "<dt>due and not sent</dt><dd>7</dd>",
            "<th>UNAVAILABLE</th><td>100</td>",
            "default-src 'none'")
        .doesNotContain("<script>alert", "unsafe-inline")
        .doesNotContainPattern("<(script|link|img)[^>]* (src|href)=\"?(https?:)?//")
        .doesNotContainPattern("\\{[a-z-]+}</");
  }

  @Test
  @Tag("slow")
  void write_inABrowser_drawsEachChartAndReportsNoError() throws Exception {
    Path page = Files.writeString(directory.resolve("run.html"), RunPage.write(RUN));

    Chromium.Seen seen = Chromium.find(directory).open(page.toUri().toString());

    assertThat(seen.console()).isEmpty();
    assertThat(seen.dom().split("<canvas", -1)).hasSize(1 + 6);
    assertThat(seen.dom())
        .contains(
            "<figcaption>Calls per second",
            "<figcaption>Latency of the calls",
            "<figcaption>Queries of the server",
            "<figcaption>Waiters",
            "<figcaption>Heap",
            "<figcaption>Histogram");
  }

  @Test
  @Tag("slow")
  void browser_plantedChangeOfTheScript_isRed() throws Exception {
    String planted = RunPage.write(RUN).replace("'use strict';", "'use strict'; draw();");
    Path page = Files.writeString(directory.resolve("run.html"), planted);

    Chromium.Seen seen = Chromium.find(directory).open(page.toUri().toString());

    assertThat(seen.console()).contains("Content Security Policy");
    assertThat(seen.dom()).doesNotContain("<canvas");
  }
}
