package io.loadonce.server.audit;

import java.time.Duration;

/**
 * How many cached rows are compared with the database, and what happens to one that is wrong.
 *
 * @param pause between two comparisons; zero for no comparison at all
 * @param drops whether a row that is wrong is removed from the cache
 */
public record AuditSettings(Duration pause, boolean drops) {

  public static final AuditSettings OFF = new AuditSettings(Duration.ZERO, /* drops= */ false);

  /**
   * @throws IllegalArgumentException if the pause is negative
   */
  public AuditSettings {
    if (pause.isNegative()) {
      throw new IllegalArgumentException("the pause must not be negative");
    }
  }

  public boolean isOn() {
    return pause.isPositive();
  }
}
