package io.loadonce.server;

import io.loadonce.db.source.Availability;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the database can be reached when a load could not reach it, and then again and
 * again, until it can. One probe runs at a time.
 */
final class DatabaseProbe {

  private static final Logger log = LoggerFactory.getLogger(DatabaseProbe.class);
  private static final Duration BETWEEN_PROBES = Duration.ofMillis(250);

  private DatabaseProbe() {}

  /**
   * Starts to wait for the first request of a probe.
   *
   * @param probe whether the database can be reached; may block
   * @return the thread that probes, to be interrupted when the service ends
   */
  static Thread start(Availability availability, BooleanSupplier probe) {
    return Thread.ofVirtual().name("database-probe").start(() -> probe(availability, probe));
  }

  private static void probe(Availability availability, BooleanSupplier probe) {
    try {
      while (true) {
        availability.awaitRequest();
        availability.probing();
        boolean wasReachable = true;
        while (!succeeds(probe) && availability.notReached(notReached())) {
          if (wasReachable) {
            log.warn("the database cannot be reached; uncached ids fail at once until it can");
          }
          wasReachable = false;
          Thread.sleep(BETWEEN_PROBES);
          availability.probing();
        }
        availability.reached();
        if (!wasReachable) {
          log.info("the database can be reached again");
        }
      }
    } catch (InterruptedException _) {
      // The service ends.
    }
  }

  private static SourceException.Unavailable notReached() {
    return new SourceException.Unavailable(
        "the database cannot be reached; the service tries again and again", /* cause= */ null);
  }

  /** If the thread ended by an error of ours, an outage would never end. */
  private static boolean succeeds(BooleanSupplier probe) {
    try {
      return probe.getAsBoolean();
    } catch (RuntimeException e) {
      log.error("the probe of the database failed", e);
      return false;
    }
  }
}
