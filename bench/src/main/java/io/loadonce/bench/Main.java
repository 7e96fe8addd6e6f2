package io.loadonce.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.loadonce.bench.ladder.LadderCommand;
import io.loadonce.bench.reliability.ScoreboardCommand;
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
    description = "Measures the service and compares it with others.",
    subcommands = {
      HelpCommand.class,
      BenchCommand.class,
      LadderCommand.class,
      ScoreboardCommand.class
    })
public final class Main {

  private Main() {}

  /** Exits with 0, with 1 if the measurement failed, or with 2 for a wrong command line. */
  public static void main(String[] args) {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.WARN);
    }
    System.exit(
        new CommandLine(new Main()).setExecutionExceptionHandler(Main::report).execute(args));
  }

  /** Prints one line if the database cannot be used, and the stack trace of any other error. */
  private static int report(Exception failure, CommandLine command, ParseResult parsed)
      throws Exception {
    if (failure instanceof SQLException) {
      command.getErr().println("loadonce: " + failure.getMessage());
      return command.getCommandSpec().exitCodeOnExecutionException();
    }
    throw failure;
  }
}
