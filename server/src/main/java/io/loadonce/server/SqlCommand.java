package io.loadonce.server;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.feed.ChangedTable;
import io.loadonce.db.feed.PostgresTriggers;
import io.loadonce.server.settings.ServeFlags;
import io.loadonce.server.settings.Setting;
import io.loadonce.server.settings.SettingTexts;
import io.loadonce.server.settings.Settings;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** {@code sql triggers}: prints what makes a table of PostgreSQL say which rows have changed. */
final class SqlCommand {

  private static final String USAGE =
      """
      usage: ./loadonce sql triggers [--table NAME] [--key-column NAME] [--query SQL]

      Prints the function and the triggers that make a table of PostgreSQL say which of its rows
      have changed, for serve --listen. Changes nothing itself: hand it to psql, as the owner of the
      table. Takes the flags, the environment and the file of serve; --table is by default the only
      table of the query. H2 needs nothing: serve --listen makes its own.
      """;

  private SqlCommand() {}

  /**
   * @param arguments those behind {@code sql}
   * @throws InvalidSettingException if a setting is wrong, or it is not asked for triggers
   * @throws picocli.CommandLine.ParameterException if a flag is wrong
   */
  static void run(List<String> arguments, Map<String, String> environment, PrintStream out) {
    if (arguments.equals(List.of("--help"))) {
      out.print(USAGE);
      return;
    }
    if (arguments.isEmpty() || !arguments.getFirst().equals("triggers")) {
      throw new InvalidSettingException("sql", "prints triggers; write ./loadonce sql triggers");
    }
    ServeFlags.Given given = new ServeFlags().parse(flags(arguments.subList(1, arguments.size())));
    if (given.help()) {
      out.print(USAGE);
      return;
    }
    SettingTexts texts = SettingTexts.choose(given.values(), environment);
    Settings settings = Settings.of(texts, Runtime.getRuntime().maxMemory());
    out.print(
        PostgresTriggers.script(ChangedTable.of(settings.listen().table(), settings.database())));
  }

  /** Here {@code --table} is enough: nothing else has a table. */
  private static List<String> flags(List<String> arguments) {
    return arguments.stream()
        .map(argument -> argument.replaceFirst("^--table(?==|$)", Setting.LISTEN_TABLE.flag()))
        .toList();
  }
}
