package io.loadonce.server;

import io.loadonce.server.audit.Auditor;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.ports.PortSecurity;
import io.loadonce.server.settings.RunningSettings;
import io.loadonce.server.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads files again: that of the settings at SIGHUP, those of access when they have changed. */
final class Reloads {

  /** How long a changed file may wait until it is read. */
  private static final Duration BETWEEN_RELOADS = Duration.ofSeconds(1);

  private Reloads() {}

  static Sweeper start(
      RunningSettings running, Lookups lookups, PortSecurity security, Auditor auditor) {
    running.onChange(changed -> use(changed, lookups, auditor));
    List<Runnable> reloads = new ArrayList<>(List.of(running::reloadIfRequested));
    if (security.isOn()) {
      reloads.add(security::reload);
    }
    return Sweeper.start(reloads, BETWEEN_RELOADS);
  }

  private static void use(Settings changed, Lookups lookups, Auditor auditor) {
    changed.log().applyLevel();
    lookups.use(changed.lookups());
    lookups.logLoadsFrom(changed.log().slowLoad());
    auditor.use(changed.audit());
  }
}
