package io.loadonce.server;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.feed.PostgresTriggers;
import io.loadonce.server.settings.ServeFlags;
import io.loadonce.server.settings.Setting;
import io.loadonce.server.settings.SettingTexts;
import io.loadonce.server.settings.Settings;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** {@code sql triggers}: prints the triggers with which PostgreSQL reports changed rows. */
final class SqlCommand {

  private static final String USAGE =
      """
      usage: ./loadonce sql triggers [--config FILE]
             ./loadonce sql triggers [--table NAME] [--key-column NAME] [--query SQL]

      Prints SQL for PostgreSQL: a function and the triggers that report changed rows to serve
      --listen, for each table that a lookup of the file names, or for the table of one lookup. It
      changes nothing itself: run its output with psql as the owner of the tables. It reads the same
      flags, environment variables and file as serve. Default of --table: the query's table, if
      there is only one. H2 needs no SQL; serve --listen creates its own triggers.
      """;

  private SqlCommand() {}

  /**
   * @param arguments the arguments after {@code sql}
   * @throws InvalidSettingException if a setting is wrong, or the subcommand is not {@code
   *     triggers}
   * @throws picocli.CommandLine.ParameterException if a flag is wrong
   */
  static void run(List<String> arguments, Map<String, String> environment, PrintStream out) {
    if (arguments.equals(List.of("--help"))) {
      out.print(USAGE);
      return;
    }
    if (arguments.isEmpty() || !arguments.getFirst().equals("triggers")) {
      throw new InvalidSettingException(
          "sql", "the only subcommand is triggers: ./loadonce sql triggers");
    }
    ServeFlags.Parsed parsed =
        new ServeFlags().parse(flags(arguments.subList(1, arguments.size())));
    if (parsed.help()) {
      out.print(USAGE);
      return;
    }
    SettingTexts texts = SettingTexts.choose(parsed.values(), environment);
    Settings settings = Settings.of(texts, Runtime.getRuntime().maxMemory());
    out.print(PostgresTriggers.script(settings.listen().watched(settings.lookups())));
  }

  /** Accepts {@code --table} as the short form of the flag of {@code serve}. */
  private static List<String> flags(List<String> arguments) {
    return arguments.stream()
        .map(argument -> argument.replaceFirst("^--table(?==|$)", Setting.LISTEN_TABLE.flag()))
        .toList();
  }
}
