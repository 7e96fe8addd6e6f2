package io.loadonce.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerformancePageTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC);

  @Test
  void write_again_replacesItsSectionOnly(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("docs/performance.md");
    PerformancePage page = new PerformancePage(file, CLOCK);
    page.write("speed", "./loadonce bench", "first");
    page.write("memory", "./loadonce bench --memory", "other");
    Files.writeString(file, Files.readString(file) + "by hand\n");

    page.write("speed", "./loadonce bench", "second");

    assertThat(Files.readString(file))
        .contains("`./loadonce bench`, 2026-11-22, on ")
        .contains("second", "other", "by hand")
        .doesNotContain("first");
  }
}
