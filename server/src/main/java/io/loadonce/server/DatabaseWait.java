package io.loadonce.server;

import io.loadonce.server.settings.InvalidConfigException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wait for a database that cannot be reached at the start. After the first success the service
 * keeps serving, since it can serve cached rows without the database.
 */
final class DatabaseWait {

  private static final Logger log = LoggerFactory.getLogger(DatabaseWait.class);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(250);

  /** After a database has refused queries: somebody has to change it first. */
  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(5);

  /** How an attempt to reach the database has ended. */
  sealed interface Attempt {

    /** The database can load rows for every lookup. */
    record Ready() implements Attempt {}

    /** The database cannot be reached. */
    record Unreachable() implements Attempt {}

    /**
     * The database cannot load rows for some lookups.
     *
     * @param problems a line for each reason
     */
    record Refused(List<String> problems) implements Attempt {}
  }

  private DatabaseWait() {}

  /**
   * Tries once, and if the database cannot be reached, continues in the background. Blocks as long
   * as {@code attempt} does.
   *
   * @param then run once, when the database can load rows
   * @return the thread that continues, to be interrupted when the service ends; it is not started
   *     if the first attempt succeeded
   * @throws InvalidConfigException if the first attempt is refused
   */
  static Thread await(Supplier<Attempt> attempt, Runnable then) {
    switch (attempt.get()) {
      case Attempt.Ready _ -> {
        then.run();
        return Thread.ofVirtual().unstarted(() -> {});
      }
      case Attempt.Refused refused -> throw new InvalidConfigException(refused.problems());
      case Attempt.Unreachable _ -> {
        log.warn(
            "the database cannot be reached; health reports NOT_SERVING, next attempt in {} ms",
            BETWEEN_ATTEMPTS.toMillis());
        return Thread.ofVirtual().name("database-wait").start(() -> keepTrying(attempt, then));
      }
    }
  }

  private static void keepTrying(Supplier<Attempt> attempt, Runnable then) {
    List<String> logged = List.of();
    Duration pause = BETWEEN_ATTEMPTS;
    try {
      while (true) {
        Thread.sleep(pause);
        switch (attempt(attempt)) {
          case Attempt.Unreachable _ -> pause = BETWEEN_ATTEMPTS;
          case Attempt.Refused refused -> {
            if (!refused.problems().equals(logged)) {
              logged = refused.problems();
              logged.forEach(problem -> log.error("health reports NOT_SERVING: {}", problem));
            }
            pause = AFTER_REFUSAL;
          }
          case Attempt.Ready _ -> {
            log.info("the database has been reached; health reports SERVING");
            then.run();
            return;
          }
        }
      }
    } catch (InterruptedException _) {
      // The service ends.
    }
  }

  /** If the thread ended by an error of ours, health would report NOT_SERVING for ever. */
  private static Attempt attempt(Supplier<Attempt> attempt) {
    try {
      return attempt.get();
    } catch (RuntimeException e) {
      log.error("the check of the lookups failed", e);
      return new Attempt.Refused(List.of("the check of the lookups failed; it is repeated"));
    }
  }
}
