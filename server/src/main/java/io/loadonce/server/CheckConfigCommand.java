package io.loadonce.server;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.feed.WatchedLookup;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.QueryCheck;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.settings.InvalidConfigException;
import io.loadonce.server.settings.Setting;
import io.loadonce.server.settings.SettingTexts;
import io.loadonce.server.settings.Settings;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code check-config}: says whether a file of settings is right, without starting the service. */
final class CheckConfigCommand {

  private static final String USAGE =
      """
      usage: ./loadonce check-config FILE [--connect]

      Checks a file of settings, together with the environment, as serve reads both. It starts
      nothing. With --connect it also prepares the query of each lookup on the database and prints
      the columns of its result and, on PostgreSQL, the index that finds its rows. If listen is on,
      it then also checks whether the database can report the changes of the tables.

      Exit codes: 0 if everything is right, with warnings or without; 2 for a wrong setting or a
      query that cannot work; 1 if the database cannot be reached.
      """;

  private static final String CONNECT = "--connect";

  private CheckConfigCommand() {}

  /**
   * Returns the exit code.
   *
   * @param arguments the arguments after {@code check-config}
   * @throws InvalidSettingException if the arguments or a setting is wrong
   * @throws InvalidConfigException if settings of the file are wrong, or the database refuses
   *     queries
   */
  static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    if (arguments.contains("--help")) {
      out.print(USAGE);
      return 0;
    }
    List<String> files = arguments.stream().filter(each -> !each.equals(CONNECT)).toList();
    if (files.size() != 1 || files.getFirst().startsWith("-")) {
      throw new InvalidSettingException(
          "check-config", "needs one file: ./loadonce check-config FILE [--connect]");
    }
    SettingTexts texts =
        SettingTexts.choose(Map.of(SettingTexts.CONFIG_FLAG, files.getFirst()), environment);
    Settings settings = Settings.of(texts, Runtime.getRuntime().maxMemory());
    int warnings;
    try {
      warnings = check(settings, arguments.contains(CONNECT), out);
    } catch (SourceException.Unavailable e) {
      err.println("loadonce: " + e.getMessage() + reason(e));
      return 1;
    } catch (SourceException e) {
      throw new InvalidSettingException(
          Setting.LISTEN.key(), "the changes of the tables cannot be read" + reason(e));
    }
    out.printf(
        "ok: %s%s%n",
        counted(settings.lookups().size(), "lookup"),
        warnings == 0 ? "" : ", " + counted(warnings, "warning"));
    return 0;
  }

  /**
   * Checks what needs the database, and whether it can report changes if listen is on. Returns the
   * number of warnings.
   */
  private static int check(Settings settings, boolean connects, PrintStream out)
      throws SourceException {
    boolean listens = settings.listen().isOn();
    if (!connects && !listens) {
      return 0;
    }
    try (Database database = Database.open(settings.database())) {
      List<WatchedLookup> watched =
          listens ? settings.listen().watched(settings.lookups()) : List.of();
      ChangeFeed feed = listens ? ChangeFeed.of(database, watched) : null;
      if (!connects) {
        return 0;
      }
      int warnings = printChecks(LookupChecks.of(database, settings.lookups()), out);
      if (feed != null) {
        feed.check();
      }
      return warnings;
    }
  }

  /** Returns the number of warnings. */
  private static int printChecks(LookupChecks checks, PrintStream out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("lookup", "key", "version", "rows found by", "columns"));
    checks.checks().forEach((lookup, check) -> rows.add(row(lookup, check)));
    print(rows, out);
    checks.warnings().forEach(warning -> out.println("warning: " + warning));
    if (!checks.problems().isEmpty()) {
      throw new InvalidConfigException(checks.problems());
    }
    return checks.warnings().size();
  }

  private static List<String> row(LookupSettings lookup, QueryCheck check) {
    String version = lookup.versionColumn();
    return List.of(
        lookup.name(),
        lookup.key().toString(),
        version == null ? "-" : version,
        check.access().isEmpty() ? "-" : check.access(),
        check.columns().isEmpty()
            ? "-"
            : check.columns().stream()
                .map(QueryCheck.Column::toString)
                .collect(Collectors.joining(", ")));
  }

  /** Prints columns that are as wide as their widest cell; the last one is not filled. */
  private static void print(List<List<String>> rows, PrintStream out) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size() - 1; i++) {
        int column = i;
        int width = rows.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
        line.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 2));
      }
      out.println(line.append(row.getLast()));
    }
  }

  private static String counted(int count, String what) {
    return count == 1 ? "1 " + what : count + " " + what + "s";
  }

  private static String reason(SourceException e) {
    Throwable cause = e.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null || cause.getMessage() == null
        ? ""
        : ": " + cause.getMessage().lines().findFirst().orElse("");
  }
}
