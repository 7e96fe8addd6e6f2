package io.loadonce.server.settings;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a YAML file says of one lookup. Immutable.
 *
 * @param name with its place
 * @param keys what each lookup has for itself; a list has at least one value
 * @param settings those that override the settings of the process
 */
record LookupTexts(
    SettingText name,
    Map<LookupField, List<SettingText>> keys,
    Map<Setting, SettingText> settings) {

  LookupTexts {
    keys = Map.copyOf(keys);
    settings = Map.copyOf(settings);
  }

  List<SettingText> all(LookupField key) {
    return keys.getOrDefault(key, List.of());
  }

  @Nullable SettingText one(LookupField key) {
    return keys.containsKey(key) ? all(key).getFirst() : null;
  }
}
