package io.loadonce.commands;

import io.loadonce.commands.text.DurationText;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The commands of a caller: {@code get}, {@code invalidate}, {@code explain}, {@code check}, {@code
 * load}.
 */
@Command(
    name = "loadonce",
    description =
        "Reads and invalidates rows of a Loadonce server, checks it and tests it under load.",
    synopsisSubcommandLabel = "COMMAND")
public final class Main {

  /** Exit code if the command line is wrong. */
  static final int USAGE = CommandLine.ExitCode.USAGE;

  /** Exit code if the command line is right and the command fails. */
  static final int FAILED = 1;

  // Kept in a field, because a logger without a reference may be collected and lose its level.
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    GRPC_LOG.setLevel(Level.SEVERE);
    PrintWriter out = new PrintWriter(System.out, /* autoFlush= */ false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, /* autoFlush= */ true, StandardCharsets.UTF_8);
    int exitCode = run(List.of(arguments), out, err, System::getenv);
    out.flush();
    System.exit(exitCode);
  }

  /** Runs one command with the given streams and environment; returns its exit code. */
  static int run(
      List<String> arguments,
      PrintWriter out,
      PrintWriter err,
      UnaryOperator<@Nullable String> environment) {
    CommandLine line =
        new CommandLine(new Main())
            .addSubcommand(new GetCommand(out, err))
            .addSubcommand(new InvalidateCommand(out, err))
            .addSubcommand(new ExplainCommand(out, err))
            .addSubcommand(new CheckCommand(out, err))
            .addSubcommand(
                new CommandLine(new LoadCommand(out, err))
                    .addSubcommand(new LoadCompareCommand(out))
                    .addSubcommand(new LoadMergeCommand()));
    addHelpAndVersion(line);
    // An argument that begins with @ is a value, as of --data @FILE.
    line.setExpandAtFiles(false)
        .setOut(out)
        .setErr(err)
        .setDefaultValueProvider(new EnvironmentDefaults(environment))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Duration.class, DurationText::parse)
        .setParameterExceptionHandler((wrong, _) -> reportUsage(wrong, err))
        .setExecutionExceptionHandler((failure, _, _) -> reportFailure(failure, err));
    if (arguments.isEmpty()) {
      err.println(
          "loadonce: no command; the commands are get, invalidate, explain, check and load");
      return USAGE;
    }
    return line.execute(arguments.toArray(String[]::new));
  }

  /** Adds them to a command and to all commands below it. */
  private static void addHelpAndVersion(CommandLine line) {
    line.getSubcommands().values().forEach(Main::addHelpAndVersion);
    CommandSpec command = line.getCommandSpec();
    command
        .versionProvider(new Version())
        .addOption(
            OptionSpec.builder("--help")
                .usageHelp(true)
                .description("Print this help and exit.")
                .build())
        .addOption(
            OptionSpec.builder("--version")
                .versionHelp(true)
                .description("Print the versions of Loadonce and of Java, and exit.")
                .build());
    command
        .usageMessage()
        .footer(
            "",
            "Each flag can also be set in the environment: --tls-ca is LOADONCE_TLS_CA.",
            "TIME is a number with a unit: 500ms, 10s, 2m or 1h.");
  }

  private static int reportUsage(ParameterException wrong, PrintWriter err) {
    String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
    String message = String.valueOf(wrong.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    err.println(
        "%s: %s%s; '%s --help' lists the flags"
            .formatted(command, message, suggestion(wrong), command));
    return USAGE;
  }

  private static String suggestion(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      List<String> close = unmatched.getSuggestions();
      return close.isEmpty() ? "" : "; did you mean " + String.join(" or ", close) + "?";
    }
    return "";
  }

  private static int reportFailure(Exception failure, PrintWriter err) throws Exception {
    return switch (failure) {
      case IllegalArgumentException wrong -> report(err, wrong.getMessage(), USAGE);
      case UncheckedIOException io -> report(err, io.getMessage(), FAILED);
      default -> throw failure;
    };
  }

  private static int report(PrintWriter err, @Nullable String line, int exitCode) {
    err.println("loadonce: " + line);
    return exitCode;
  }
}
