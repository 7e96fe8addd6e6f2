package io.loadonce.commands.load.report;

import io.loadonce.commands.load.record.RunCsv;
import io.loadonce.commands.load.record.RunJson;
import io.loadonce.commands.load.record.RunRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The files that a load test writes; the ending of a name says what the file holds. */
public final class Outputs {

  /** What a file can hold. */
  private enum Form {
    JSON,
    CSV,
    HTML;

    String write(RunRecord run) {
      return switch (this) {
        case JSON -> RunJson.write(run);
        case CSV -> RunCsv.write(run);
        case HTML -> RunPage.write(run);
      };
    }
  }

  private final List<Path> files;

  private Outputs(List<Path> files) {
    this.files = files;
  }

  /**
   * Checks the names before the load test, so that no run is lost because of a wrong name.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  public static Outputs of(List<Path> files) {
    for (Path each : files) {
      form(each);
      Path directory = each.toAbsolutePath().getParent();
      if (directory == null || !Files.isDirectory(directory)) {
        throw new IllegalArgumentException(
            "--out is '%s' but its directory does not exist".formatted(each));
      }
      if (Files.isDirectory(each) || !Files.isWritable(Files.exists(each) ? each : directory)) {
        throw new IllegalArgumentException(
            "--out is '%s' but no file can be written there".formatted(each));
      }
    }
    return new Outputs(List.copyOf(files));
  }

  /** Whether there is no file to write. */
  public boolean isEmpty() {
    return files.isEmpty();
  }

  /**
   * Writes each file; one that exists is replaced.
   *
   * @throws UncheckedIOException if one cannot be written; those before it are written
   */
  public void write(RunRecord run) {
    for (Path each : files) {
      try {
        Files.writeString(each, form(each).write(run));
      } catch (IOException e) {
        throw new UncheckedIOException(
            "the file %s cannot be written: %s".formatted(each, e.getMessage()), e);
      }
    }
  }

  private static Form form(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    for (Form each : Form.values()) {
      if (name.endsWith("." + each.name().toLowerCase(Locale.ROOT))) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "--out is '%s' but must end with .json, .csv or .html".formatted(file));
  }
}
