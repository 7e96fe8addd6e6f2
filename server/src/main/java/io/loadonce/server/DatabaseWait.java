package io.loadonce.server;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wait for a database that cannot be reached at the start. After the first success the service
 * keeps serving, since it can serve cached rows without the database.
 */
final class DatabaseWait {

  private static final Logger log = LoggerFactory.getLogger(DatabaseWait.class);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(250);

  private DatabaseWait() {}

  /**
   * Tries once, and if that fails, continues in the background. Blocks as long as {@code reachable}
   * does.
   *
   * @param then run once, when the database has been reached
   * @return the thread that continues, to be interrupted when the service ends; it is not started
   *     if the first attempt succeeded
   */
  static Thread await(BooleanSupplier reachable, Runnable then) {
    if (reachable.getAsBoolean()) {
      then.run();
      return Thread.ofVirtual().unstarted(() -> {});
    }
    log.warn(
        "the database cannot be reached; health reports NOT_SERVING, next attempt in {} ms",
        BETWEEN_ATTEMPTS.toMillis());
    return Thread.ofVirtual().name("database-wait").start(() -> keepTrying(reachable, then));
  }

  private static void keepTrying(BooleanSupplier reachable, Runnable then) {
    try {
      do {
        Thread.sleep(BETWEEN_ATTEMPTS);
      } while (!reachable.getAsBoolean());
    } catch (InterruptedException _) {
      return;
    }
    log.info("the database has been reached; health reports SERVING");
    then.run();
  }
}
