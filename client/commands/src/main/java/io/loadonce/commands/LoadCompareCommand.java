package io.loadonce.commands;

import io.loadonce.commands.load.record.RunJson;
import io.loadonce.commands.load.report.Comparison;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code load compare}: whether two runs differ. */
@Command(
    name = "compare",
    description = {
      "Compares two runs that 'load --out FILE.json' has written, each of 5 seconds or more: p50"
          + " and p99 of the calls that succeeded, and how many succeeded in a second.",
      "Exit code 0 if there is no difference; 3 if there is one; 2 if a flag or a file is wrong."
    })
final class LoadCompareCommand implements Callable<Integer> {

  private static final int DIFFERENT = 3;

  private final PrintWriter out;

  @Parameters(index = "0", paramLabel = "A.json", description = "The first run.")
  private Path a = Path.of("");

  @Parameters(index = "1", paramLabel = "B.json", description = "The second run.")
  private Path b = Path.of("");

  @Option(
      names = "--tolerance",
      paramLabel = "N%",
      description =
          "Difference that counts as none, 0%% to 1000%%. Raise it if two runs of the same server"
              + " differ by more. Default: ${DEFAULT-VALUE}.")
  private String tolerance = "10%";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Seed of the random draws of the confidence intervals. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  LoadCompareCommand(PrintWriter out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    if (!tolerance.matches("\\d{1,4}(\\.\\d{1,6})?%")) {
      throw new IllegalArgumentException(
          "tolerance is '%s' but must be a share such as 10%%".formatted(tolerance));
    }
    double share = Double.parseDouble(tolerance.substring(0, tolerance.length() - 1)) / 100;
    Comparison comparison = Comparison.of(RunJson.read(a), RunJson.read(b), share, seed);
    out.println(comparison.text());
    return comparison.isDifferent() ? DIFFERENT : 0;
  }
}
