package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.Driven;
import io.loadonce.bench.speed.drive.Metrics;
import java.io.IOException;
import java.sql.SQLException;

/** Checks by Loadonce's own counters that each call of a driver loaded an id. */
final class ColdCheck {

  private ColdCheck() {}

  /**
   * @throws IllegalStateException if the server has not loaded as many ids as the driver counted
   */
  static Driven loads(ServerProcess loadonce, HitCheck.Drive drive)
      throws IOException, InterruptedException, SQLException {
    Metrics before = Metrics.read(loadonce.adminPort());
    Driven driven = drive.run();
    Metrics after = Metrics.read(loadonce.adminPort());
    require("ids loaded", after.idsLoaded() - before.idsLoaded(), driven.calls());
    require("loads begun", after.lookups("loaded") - before.lookups("loaded"), driven.calls());
    return driven;
  }

  static void require(String what, long counted, long asked) {
    if (counted != asked) {
      throw new IllegalStateException(
          "%,d cold ids were requested, but the server counts %,d %s"
              .formatted(asked, counted, what));
    }
  }
}
