package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.Driven;
import io.loadonce.bench.speed.drive.Metrics;
import java.io.IOException;
import java.sql.SQLException;

/** Checks by Loadonce's own counters that the calls which a driver counted were hits. */
final class HitCheck {

  /** One of so many rows may have expired and been loaded again: the time to live is a minute. */
  private static final int HITS_PER_MISS = 1_000;

  private HitCheck() {}

  /** A run of a driver. */
  interface Drive {
    Driven run() throws IOException, InterruptedException, SQLException;
  }

  /**
   * @param idsPerCall how many ids a call has
   * @throws IllegalStateException if there were fewer hits than the driver counted
   */
  static Driven hits(ServerProcess loadonce, int idsPerCall, Drive drive)
      throws IOException, InterruptedException, SQLException {
    long before = Metrics.read(loadonce.adminPort()).lookups("memory");
    Driven driven = drive.run();
    long hits = Metrics.read(loadonce.adminPort()).lookups("memory") - before;
    require(hits, driven.calls() * idsPerCall);
    return driven;
  }

  static void require(long hits, long ids) {
    if (hits < ids - ids / HITS_PER_MISS) {
      throw new IllegalStateException(
          "%,d ids were answered, of which %,d were hits".formatted(ids, hits));
    }
  }
}
