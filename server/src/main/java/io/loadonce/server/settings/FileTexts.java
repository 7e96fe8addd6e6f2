package io.loadonce.server.settings;

import java.util.List;
import java.util.Map;

/**
 * What a file of settings says. Immutable.
 *
 * @param lookups empty if the file leaves the one lookup to flags
 */
record FileTexts(Map<Setting, SettingText> settings, List<LookupTexts> lookups) {

  static final FileTexts NONE = new FileTexts(Map.of(), List.of());

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  FileTexts {
    settings = Map.copyOf(settings);
    lookups = List.copyOf(lookups);
  }

  /**
   * Reads a YAML file, whose name ends in {@code .yaml} or {@code .yml}, or a properties file.
   *
   * @param named by what the file was named, for an error message
   * @throws io.loadonce.db.InvalidSettingException if the file cannot be read, or a properties file
   *     is wrong
   * @throws InvalidConfigException if a YAML file is wrong
   */
  static FileTexts read(String named, String file) {
    return file.endsWith(".yaml") || file.endsWith(".yml")
        ? YamlFile.read(named, file)
        : new FileTexts(PropertiesFile.read(named, file), List.of());
  }

  /** Some editors write the mark in front of a text in UTF-8. */
  static String withoutByteOrderMark(String text) {
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
  }
}
