package io.loadonce.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The machine on which was measured. */
public final class Machine {

  private Machine() {}

  /** The properties of the machine that matter, without its name. */
  public static String describe() {
    return String.format(
        Locale.ROOT,
        "%d processors%s, %s %s, Java %s",
        Runtime.getRuntime().availableProcessors(),
        processor(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.version());
  }

  private static String processor() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> " (" + line.substring(line.indexOf(':') + 1).strip() + ")")
          .findFirst()
          .orElse("");
    } catch (IOException _) {
      return "";
    }
  }
}
