package io.loadonce.server.settings;

import io.loadonce.server.lookup.LookupConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings as one list of keys with values, to compare a file with what is in force. A setting
 * of a lookup has a key such as {@code lookups.product.ttl}, and is there only if the lookup has a
 * value of its own.
 */
final class FlatSettings {

  private static final String LOOKUPS = "lookups.";

  /** A value may be a whole query. */
  private static final int MAX_SHOWN = 60;

  /**
   * @param changesWhileRunning whether a new value comes into force without a restart
   */
  record Value(String text, String origin, boolean changesWhileRunning) {}

  private FlatSettings() {}

  static Map<String, Value> of(SettingTexts texts, Settings settings) {
    Map<String, Value> all = new LinkedHashMap<>();
    for (Setting setting : Setting.values()) {
      all.put(setting.key(), value(setting, texts.of(setting), settings));
    }
    for (LookupTexts lookup : texts.lookups()) {
      String prefix = LOOKUPS + lookup.name().text() + ".";
      lookup
          .settings()
          .forEach(
              (setting, text) -> all.put(prefix + setting.key(), value(setting, text, settings)));
      lookup
          .keys()
          .forEach(
              (field, values) ->
                  all.put(
                      prefix + field.key(),
                      new Value(
                          values.stream().map(SettingText::text).collect(Collectors.joining(", ")),
                          values.getFirst().origin(),
                          /* changesWhileRunning= */ false)));
      // The text of a query-file is its path; what counts is the query in it.
      all.remove(prefix + LookupField.QUERY_FILE.key());
      all.put(prefix + LookupField.QUERY.key(), query(lookup, settings.lookups()));
    }
    return all;
  }

  /**
   * Returns what has to be named if the change needs a restart: the key, or its lookup if that is
   * new or gone. Returns null if the change needs none.
   *
   * @param value before or after the change
   * @param before the lookups of the running service
   * @param now the lookups of the file
   */
  static @Nullable String needsRestart(
      String key, Value value, Set<String> before, Set<String> now) {
    if (key.startsWith(LOOKUPS)) {
      String lookup = key.substring(LOOKUPS.length(), key.lastIndexOf('.'));
      if (!before.contains(lookup) || !now.contains(lookup)) {
        return LOOKUPS + lookup;
      }
    }
    boolean isShareOfOthers = key.endsWith(Setting.CACHE_BYTES.key()) && !before.equals(now);
    return value.changesWhileRunning() && !isShareOfOthers ? null : key;
  }

  /** Returns the change in words. */
  static String change(String key, @Nullable Value before, @Nullable Value now) {
    return "%s is %s, and was %s".formatted(key, shown(now), shown(before));
  }

  private static String shown(@Nullable Value value) {
    if (value == null) {
      return "that of all lookups";
    }
    String text = value.text();
    if (text.isEmpty()) {
      return "not set";
    }
    return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
  }

  /** A budget that is not set has the value that was computed for it. */
  private static Value value(Setting setting, SettingText text, Settings settings) {
    String shown =
        switch (setting) {
          case CACHE_BYTES -> computed(text, settings.cacheBytes());
          case NEGATIVE_CACHE_BYTES -> computed(text, settings.negativeCacheBytes());
          default -> text.text();
        };
    return new Value(shown.strip(), text.origin(), setting.changesWhileRunning());
  }

  private static String computed(SettingText text, long bytes) {
    return text.text().isEmpty() ? Long.toString(bytes) : text.text();
  }

  private static Value query(LookupTexts lookup, List<LookupConfig> configs) {
    String query =
        configs.stream()
            .filter(each -> each.settings().name().equals(lookup.name().text()))
            .map(each -> each.settings().query().toString())
            .collect(Collectors.joining());
    return new Value(query, lookup.name().origin(), /* changesWhileRunning= */ false);
  }
}
