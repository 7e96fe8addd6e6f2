package io.loadonce.server;

import io.loadonce.server.audit.Auditor;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.ports.Page;
import io.loadonce.server.ports.Page.Content;
import io.loadonce.server.ports.PortSecurity;
import io.loadonce.server.settings.RunningSettings;
import io.loadonce.server.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads files again: that of the settings at SIGHUP, those of access when they have changed. */
final class Reloads {

  /** How long a changed file may wait until it is read. */
  private static final Duration BETWEEN_RELOADS = Duration.ofSeconds(1);

  /** How long a request over the admin port waits until the file was read. */
  private static final Duration RELOAD_TIMEOUT = Duration.ofSeconds(8);

  private Reloads() {}

  static Sweeper start(
      RunningSettings running, Lookups lookups, PortSecurity security, Auditor auditor) {
    running.onChange(
        changed -> use(changed, lookups, auditor), changed -> changed.log().applyLevel());
    List<Runnable> reloads = new ArrayList<>(List.of(running::reloadIfRequested));
    if (security.isOn()) {
      reloads.add(security::reload);
    }
    return Sweeper.start(reloads, BETWEEN_RELOADS);
  }

  /** Does what SIGHUP does, and answers with the lines of the log. */
  static Page page(RunningSettings running) {
    return new Page(
        "/reload",
        Page.Readers.OPERATORS,
        Page.Use.CHANGE,
        "a POST reads the settings file again, as SIGHUP does",
        Page.TEXT,
        Page.NOTHING_RUNS,
        _ -> reload(running));
  }

  private static Content reload(RunningSettings running) {
    if (!running.hasFile()) {
      return new Content(
          409, "the service was started without a settings file; restart it with new flags\n");
    }
    try {
      RunningSettings.Reloaded reloaded =
          running.reloaded().get(RELOAD_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      String lines = String.join("\n", reloaded.lines()) + "\n";
      return new Content(reloaded.isRight() ? 200 : 400, lines);
    } catch (ExecutionException _) {
      return new Content(500, "the settings could not be changed because of a bug; see the log\n");
    } catch (TimeoutException _) {
      return new Content(503, "the settings file was not read in time; see the log\n");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Content(503, "the service is shutting down\n");
    }
  }

  private static void use(Settings changed, Lookups lookups, Auditor auditor) {
    lookups.use(changed.lookups());
    lookups.logLoadsFrom(changed.log().slowLoad());
    auditor.use(changed.audit());
  }
}
