package io.loadonce.server.settings;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of {@code serve}: a flag for each {@link Setting}, and four others. */
public final class ServeFlags {

  private static final String HELP = "--help";
  private static final String VERSION = "--version";
  private static final String PRINT_CONFIG = "--print-config";

  private final CommandLine commandLine;

  public ServeFlags() {
    CommandSpec spec = CommandSpec.create().name("loadonce serve");
    int place = 0;
    for (SettingGroup group : SettingGroup.values()) {
      ArgGroupSpec.Builder section =
          ArgGroupSpec.builder()
              .exclusive(false)
              .validate(false)
              .multiplicity("0..1")
              .order(place++)
              .heading("%n" + group.heading() + "%n");
      Stream.of(Setting.values())
          .filter(setting -> setting.group() == group)
          .forEach(setting -> section.addArg(option(setting)));
      spec.addArgGroup(section.build());
    }
    spec.addArgGroup(
        ArgGroupSpec.builder()
            .exclusive(false)
            .validate(false)
            .multiplicity("0..1")
            .order(place)
            .heading("%nOther%n")
            .addArg(
                OptionSpec.builder(SettingTexts.CONFIG_FLAG)
                    .paramLabel("FILE")
                    .type(String.class)
                    .description(
                        "YAML file (.yaml, .yml) with settings and lookups, or properties file with"
                            + " key=value lines; a key is a flag without its --. docs/settings.md"
                            + " describes both.")
                    .build())
            .addArg(flag(PRINT_CONFIG, "Print all settings as YAML, with their origins, and exit."))
            .addArg(flag(VERSION, "Print the version and exit."))
            .addArg(flag(HELP, "Print this help and exit."))
            .build());
    spec.usageMessage()
        .sortOptions(false)
        .abbreviateSynopsis(true)
        .description(
            "Starts the service: a read-through cache with single flight in front of an SQL"
                + " database.")
        .footer(
            "",
            "Each flag can also be set as an environment variable (LOADONCE_POOL_SIZE) or in the"
                + " file (pool-size). A flag wins over a variable, and a variable over the file."
                + " TIME is 500ms, 10s, 2m or 1h; BYTES is 1048576, 64KiB, 64MiB or 1GiB.",
            "",
            "Exit codes: 0 when every call was answered before the end; 2 for a wrong setting; 3"
                + " when calls were cancelled because the drain time-out passed; 1 for any other"
                + " error.");
    this.commandLine = new CommandLine(spec).setExpandAtFiles(false);
  }

  /**
   * A command line that is valid.
   *
   * @param values of the settings, by flag
   */
  public record Parsed(
      Map<String, String> values, boolean help, boolean version, boolean printConfig) {}

  /**
   * @throws ParameterException if a flag is unknown, lacks its value or is set twice; its message
   *     is one line
   */
  public Parsed parse(List<String> arguments) {
    CommandLine.ParseResult result;
    try {
      result = commandLine.parseArgs(arguments.toArray(String[]::new));
    } catch (UnmatchedArgumentException e) {
      String unknown = e.getUnmatched().getFirst().replaceAll("=.*|\\p{Cntrl}", "");
      throw new ParameterException(
          commandLine,
          "%s: unknown; %s"
              .formatted(
                  unknown,
                  Suggestions.hint(
                      unknown, commandLine.getCommandSpec().optionsMap().keySet().stream())));
    }
    Map<String, String> values = new HashMap<>();
    for (OptionSpec option : result.matchedOptions()) {
      String flag = option.longestName();
      if (option.typeInfo().getType() == String.class
          && values.put(flag, option.getValue()) != null) {
        throw new ParameterException(commandLine, flag + ": set twice; set it once");
      }
    }
    return new Parsed(
        values,
        result.hasMatchedOption(HELP),
        result.hasMatchedOption(VERSION),
        result.hasMatchedOption(PRINT_CONFIG));
  }

  public void printHelp(PrintStream out) {
    commandLine.usage(out, CommandLine.Help.Ansi.OFF);
  }

  private static OptionSpec option(Setting setting) {
    String suffix = setting.defaultText().isEmpty() ? "" : " Default: " + setting.defaultText();
    return OptionSpec.builder(setting.flag())
        .paramLabel(setting.unit())
        .type(String.class)
        .arity(setting.isSwitch() ? "0..1" : "1")
        .fallbackValue("true")
        .description((setting.description() + suffix).replace("%", "%%"))
        .build();
  }

  private static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build();
  }
}
