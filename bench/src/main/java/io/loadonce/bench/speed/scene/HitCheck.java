package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.Driven;
import io.loadonce.bench.speed.drive.Metrics;
import java.io.IOException;
import java.sql.SQLException;

/** Believes no driver: Loadonce's own counters must say that what was counted were hits. */
final class HitCheck {

  /** One in so many may have been too old, and so read again: rows live for a minute. */
  private static final int HITS_PER_MISS = 1_000;

  private HitCheck() {}

  /** Some driving. */
  interface Drive {
    Driven run() throws IOException, InterruptedException, SQLException;
  }

  /**
   * @param idsPerCall how many hits a call is
   * @throws IllegalStateException if there were fewer hits than the driver says
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
          "%,d ids were answered, of which %,d from memory".formatted(ids, hits));
    }
  }
}
