package io.loadonce.server.settings;

/** The heading under which a setting is listed in the help. */
public enum SettingGroup {
  PORTS("Ports"),
  ACCESS("Access"),
  DATABASE("Database"),
  CACHE("Cache"),
  CHANGES("Change listener"),
  INSTANCES("Several instances"),
  CALLERS("Limits on callers"),
  LOG("Log"),
  TRACES("Traces");

  private final String heading;

  SettingGroup(String heading) {
    this.heading = heading;
  }

  public String heading() {
    return heading;
  }
}
