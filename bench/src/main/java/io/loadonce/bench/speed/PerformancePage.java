package io.loadonce.bench.speed;

import io.loadonce.bench.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code docs/performance.md}, in which the measured sections are between marks and are replaced;
 * the rest is written by people and is kept.
 *
 * @param file created if it does not exist
 */
record PerformancePage(Path file, Clock clock) {

  private static final String NEW_PAGE = "# Performance\n";

  /**
   * Writes a section into the page and replaces the earlier one.
   *
   * @param name the name of the section, one word
   * @param command the command that was run
   */
  void write(String name, String command, String text) throws IOException {
    String page = Files.exists(file) ? Files.readString(file) : NEW_PAGE;
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, put(page, name, section(name, command, text)));
  }

  private String section(String name, String command, String text) {
    return """
    <!-- measured: %s -->
    `%s`, %s, on %s

    ```
    %s
    ```
    <!-- end: %s -->
    """
        .formatted(name, command, LocalDate.now(clock), Machine.describe(), text.strip(), name);
  }

  private static String put(String page, String name, String section) {
    Matcher old =
        Pattern.compile(
                "<!-- measured: %s -->.*<!-- end: %s -->\n".formatted(name, name), Pattern.DOTALL)
            .matcher(page);
    return old.find()
        ? page.substring(0, old.start()) + section + page.substring(old.end())
        : page + "\n" + section;
  }
}
