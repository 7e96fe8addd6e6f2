package io.loadonce.server.settings;

import java.io.PrintStream;
import java.util.regex.Pattern;

/** Prints every setting with its value and its origin; passwords are masked. */
public record ConfigPage(SettingTexts texts, Settings settings) {

  private static final Pattern SECRET_IN_URL =
      Pattern.compile("(?i)((?:password|pwd|secret|token)[^=&;?]*=)[^&;]*|(//[^/@:]*:)[^/@]*(?=@)");

  public void print(PrintStream out) {
    for (Setting setting : Setting.values()) {
      SettingTexts.Chosen chosen = texts.of(setting);
      out.printf("%s=%s (%s)%n", setting.key(), value(setting, chosen.text()), chosen.origin());
    }
  }

  public static String masked(String url) {
    return SECRET_IN_URL.matcher(url).replaceAll("$1$2****");
  }

  /** Returns the text, or the computed value of a setting that has no fixed default. */
  private String value(Setting setting, String text) {
    return switch (setting) {
      case CACHE_BYTES -> Long.toString(settings.cacheBytes());
      case NEGATIVE_CACHE_BYTES -> Long.toString(settings.negativeCacheBytes());
      case DB_URL -> masked(text);
      case DB_USER -> settings.database().user();
      default -> text;
    };
  }
}
