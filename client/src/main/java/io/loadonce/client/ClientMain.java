package io.loadonce.client;

import io.grpc.StatusRuntimeException;
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
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands of the caller: {@code get}, {@code check}, {@code load}. */
@Command(name = "loadonce", description = "Asks a Loadonce server.")
public final class ClientMain {

  /** Exit code for a command line that cannot be understood. */
  static final int USAGE = CommandLine.ExitCode.USAGE;

  /** Exit code for what went wrong after that. */
  static final int FAILED = 1;

  // Held, for a logger that nobody holds forgets its level.
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  private ClientMain() {}

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
        new CommandLine(new ClientMain())
            .addSubcommand(new GetCommand(out, err))
            .addSubcommand(new CheckCommand(out, err))
            .addSubcommand(new LoadCommand(out, err));
    addHelp(line);
    line.getSubcommands().values().forEach(ClientMain::addHelp);
    line.setOut(out)
        .setErr(err)
        .setDefaultValueProvider(new EnvironmentDefaults(environment))
        .registerConverter(Duration.class, DurationText::parse)
        .setParameterExceptionHandler((failed, _) -> misused(failed, err))
        .setExecutionExceptionHandler((failed, _, _) -> failed(failed, err));
    if (arguments.isEmpty()) {
      err.println("loadonce: no command; give get, check or load");
      return USAGE;
    }
    return line.execute(arguments.toArray(String[]::new));
  }

  private static void addHelp(CommandLine command) {
    command
        .getCommandSpec()
        .addOption(
            OptionSpec.builder("--help")
                .usageHelp(true)
                .description("Print this and exit.")
                .build());
  }

  private static int misused(ParameterException misuse, PrintWriter err) {
    String command = misuse.getCommandLine().getCommandSpec().qualifiedName();
    String said = String.valueOf(misuse.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    err.println(
        "%s: %s%s; '%s --help' lists the flags".formatted(command, said, hint(misuse), command));
    return USAGE;
  }

  private static String hint(ParameterException misuse) {
    if (misuse instanceof UnmatchedArgumentException unmatched) {
      List<String> close = unmatched.getSuggestions();
      return close.isEmpty() ? "" : "; did you mean " + String.join(" or ", close) + "?";
    }
    return "";
  }

  private static int failed(Exception failure, PrintWriter err) throws Exception {
    return switch (failure) {
      case IllegalArgumentException refused -> tell(err, refused.getMessage(), USAGE);
      case StatusRuntimeException status -> tell(err, Failure.of(status).line(), FAILED);
      case UncheckedIOException io -> tell(err, io.getMessage(), FAILED);
      default -> throw failure;
    };
  }

  private static int tell(PrintWriter err, @Nullable String line, int exitCode) {
    err.println("loadonce: " + line);
    return exitCode;
  }
}
