package io.loadonce.server.settings;

import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.Rows;
import io.loadonce.server.lookup.LookupConfig;
import java.io.PrintStream;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Prints every setting with its value and its origin, as a YAML file that can be read again;
 * passwords are masked.
 */
public record ConfigPage(SettingTexts texts, Settings settings) {

  private static final Pattern SECRET_IN_URL =
      Pattern.compile("(?i)((?:password|pwd|secret|token)[^=&;?]*=)[^&;]*|(//[^/@:]*:)[^/@]*(?=@)");

  /** What means the same text in YAML without quotes. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/][\\w./%+=?&-]*(:[\\w./;=-]+)*");

  private static final String INDENT = "  ";

  public void print(PrintStream out) {
    out.println(Setting.DATABASE_SECTION + ":");
    Stream.of(Setting.values())
        .filter(Setting::isInDatabaseSection)
        .forEach(setting -> out.println(INDENT + line(setting)));
    Stream.of(Setting.values())
        .filter(setting -> !setting.isInDatabaseSection())
        .filter(setting -> setting.scope() != Setting.Scope.ONE_LOOKUP)
        .forEach(setting -> out.println(line(setting)));
    if (texts.lookups().isEmpty()) {
      out.println(line(Setting.LISTEN_TABLE).replaceFirst("^(?!#)", "# "));
    }
    out.println("lookups:");
    for (LookupConfig lookup : settings.lookups()) {
      printLookup(lookup, out);
    }
  }

  public static String masked(String url) {
    return SECRET_IN_URL.matcher(url).replaceAll("$1$2****");
  }

  private void printLookup(LookupConfig lookup, PrintStream out) {
    LookupSettings own = lookup.settings();
    out.println(INDENT + own.name() + ":");
    String indent = INDENT + INDENT;
    out.println(indent + "query: " + quoted(own.query().toString()));
    List<String> columns =
        own.key().columns().stream().map(KeyColumn::toString).map(ConfigPage::quoted).toList();
    out.println(indent + "key: [" + String.join(", ", columns) + "]");
    out.println(indent + "rows: " + own.rows());
    if (texts.lookups().isEmpty() && own.rows() == Rows.MANY) {
      out.println(indent + "max-rows: " + own.maxRows());
    }
    if (own.versionColumn() != null) {
      out.println(indent + "version-column: " + quoted(own.versionColumn()));
    }
    if (!lookup.changes().isEmpty()) {
      List<String> changes = lookup.changes().stream().map(ConfigPage::quoted).toList();
      out.println(indent + "changes: [" + String.join(", ", changes) + "]");
    }
    out.println(indent + "cache-bytes: " + lookup.cache().maxBytes());
    out.println(indent + "negative-cache-bytes: " + lookup.cache().maxNegativeBytes());
    texts.lookups().stream()
        .filter(each -> each.name().text().equals(own.name()))
        .flatMap(each -> each.settings().entrySet().stream())
        .filter(each -> each.getKey() != Setting.CACHE_BYTES)
        .filter(each -> each.getKey() != Setting.NEGATIVE_CACHE_BYTES)
        .filter(each -> each.getKey() != Setting.MAX_ROWS || own.rows() == Rows.MANY)
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(each -> out.println(indent + line(each.getKey(), each.getValue())));
  }

  private String line(Setting setting) {
    return line(setting, texts.of(setting));
  }

  private String line(Setting setting, SettingText chosen) {
    String value = value(setting, chosen.text());
    return value.isEmpty()
        ? "# %s: not set".formatted(setting.yamlKey())
        : "%s: %s  # %s"
            .formatted(
                setting.yamlKey(), quoted(value), chosen.origin().replaceAll("\\p{Cntrl}", "?"));
  }

  /** Returns the text, or the computed value of a setting that has no fixed default. */
  private String value(Setting setting, String text) {
    return switch (setting) {
      case CACHE_BYTES -> text.isEmpty() ? Long.toString(settings.cacheBytes()) : text;
      case NEGATIVE_CACHE_BYTES ->
          text.isEmpty() ? Long.toString(settings.negativeCacheBytes()) : text;
      case DB_URL -> masked(text);
      case DB_USER -> settings.database().user();
      default -> text;
    };
  }

  private static String quoted(String text) {
    if (PLAIN.matcher(text).matches()) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (Character.isISOControl(c)) {
            quoted.append("\\u%04x".formatted((int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
