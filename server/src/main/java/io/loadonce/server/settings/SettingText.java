package io.loadonce.server.settings;

/**
 * The text of a setting and its origin.
 *
 * @param origin to be shown, such as {@code flag --port} or {@code loadonce.yaml:3:7}
 * @param named how an error message begins: the key, behind its place if it stands in a YAML file
 */
public record SettingText(String text, String origin, String named) {

  private static final String FLAG = "flag ";

  static SettingText ofFlag(Setting setting, String text) {
    return new SettingText(text, FLAG + setting.flag(), setting.key());
  }

  /**
   * @param origin such as {@code environment LOADONCE_PORT}
   */
  static SettingText of(Setting setting, String text, String origin) {
    return new SettingText(text, origin, setting.key());
  }

  /**
   * A value of a YAML file.
   *
   * @param place the file, the line and the column
   * @param path the key behind those that it stands under, such as {@code lookups.product.ttl}
   */
  static SettingText at(String place, String path, String text) {
    return new SettingText(text, place, place + ": " + path);
  }

  SettingText withText(String other) {
    return new SettingText(other, origin, named);
  }

  /** Returns the origin for an error message, or nothing if the message shows it already. */
  String shownOrigin() {
    return origin.startsWith(FLAG) || named.startsWith(origin) ? "" : " (" + origin + ")";
  }
}
