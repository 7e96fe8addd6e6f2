package io.loadonce.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.loadonce.bench.ladder.LadderCommand;
import io.loadonce.bench.speed.BenchCommand;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Runs one of the measurements. */
@Command(
    name = "loadonce",
    mixinStandardHelpOptions = true,
    description = "Measures what is claimed of the service.",
    subcommands = {LadderCommand.class, BenchCommand.class})
public final class Main {

  private Main() {}

  /** Ends the process with 0, 1 if the measurement failed, or 2 for a wrong command line. */
  public static void main(String[] args) {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.WARN);
    }
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
