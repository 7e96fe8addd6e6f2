package io.loadonce.commands;

import io.loadonce.commands.load.record.RunJson;
import io.loadonce.commands.load.report.Merge;
import io.loadonce.commands.load.report.Outputs;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code load merge}: one run of several, or another form of one. */
@Command(
    name = "merge",
    description = {
      "Adds runs that 'load --out FILE.json' has written at the same time, such as on several"
          + " machines: their calls, their latencies, and their seconds, each by its number from"
          + " the beginning of its run. With one run it writes that run in another form.",
      "What a server counted is added if each run has another --target, by its text; otherwise the"
          + " highest number counts. Exit code 0; 1 if a file cannot be written; 2 if a file is"
          + " wrong."
    })
final class LoadMergeCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "RUN.json", description = "The runs to add.")
  private List<Path> runs = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description =
          "File to write: .json, .csv or .html, as for load. Can be repeated; there is no default.")
  private List<Path> out = List.of();

  @Override
  public Integer call() {
    Outputs outputs = Outputs.of(out);
    outputs.write(Merge.of(runs.stream().map(RunJson::read).toList()));
    return 0;
  }
}
