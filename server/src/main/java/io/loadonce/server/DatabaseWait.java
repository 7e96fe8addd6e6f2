package io.loadonce.server;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wait for a database that is not there at the start. Once it has been there, calls are welcome
 * for good: what is in memory can be answered without it.
 */
final class DatabaseWait {

  private static final Logger log = LoggerFactory.getLogger(DatabaseWait.class);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(250);

  private DatabaseWait() {}

  /**
   * Tries once, which may block for as long as {@code reachable} does; and if in vain, goes on in
   * the background.
   *
   * @param then run once, when the database has answered
   * @return the thread that goes on, to be interrupted when nobody is interested any more; it has
   *     nothing to do if the first attempt succeeded
   */
  static Thread await(BooleanSupplier reachable, Runnable then) {
    if (reachable.getAsBoolean()) {
      then.run();
      return Thread.ofVirtual().unstarted(() -> {});
    }
    log.warn("the database cannot be reached; not serving until it can");
    return Thread.ofVirtual().name("first-contact").start(() -> keepTrying(reachable, then));
  }

  private static void keepTrying(BooleanSupplier reachable, Runnable then) {
    try {
      do {
        Thread.sleep(BETWEEN_ATTEMPTS);
      } while (!reachable.getAsBoolean());
    } catch (InterruptedException _) {
      return;
    }
    log.info("the database can be reached; serving");
    then.run();
  }
}
