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
record LookupTexts(Chosen name, Map<LookupKey, List<Chosen>> keys, Map<Setting, Chosen> settings) {

  LookupTexts {
    keys = Map.copyOf(keys);
    settings = Map.copyOf(settings);
  }

  List<Chosen> all(LookupKey key) {
    return keys.getOrDefault(key, List.of());
  }

  @Nullable Chosen one(LookupKey key) {
    return keys.containsKey(key) ? all(key).getFirst() : null;
  }
}
