package io.loadonce.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.loadonce.bench.ladder.LadderCommand;
import io.loadonce.bench.speed.BenchCommand;
import java.sql.SQLException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParseResult;

/** Runs one of the measurements. */
@Command(
    name = "loadonce",
    description = "Measures what is claimed of the service.",
    subcommands = {HelpCommand.class, BenchCommand.class, LadderCommand.class})
public final class Main {

  private Main() {}

  /** Ends the process with 0, 1 if the measurement failed, or 2 for a wrong command line. */
  public static void main(String[] args) {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.WARN);
    }
    System.exit(
        new CommandLine(new Main()).setExecutionExceptionHandler(Main::report).execute(args));
  }

  /** A database that cannot be reached or rejects us needs one line; anything else its trace. */
  private static int report(Exception failure, CommandLine command, ParseResult parsed)
      throws Exception {
    if (failure instanceof SQLException) {
      command.getErr().println("loadonce: " + failure.getMessage());
      return command.getCommandSpec().exitCodeOnExecutionException();
    }
    throw failure;
  }
}
