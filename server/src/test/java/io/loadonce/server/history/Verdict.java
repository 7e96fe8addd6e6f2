package io.loadonce.server.history;

import java.util.Locale;

/**
 * What the judge found in the reads of a history.
 *
 * @param judged the reads that returned a row; the others are counted and not checked
 * @param stale G2: older than what had been promised when the read started
 * @param below G3: older than min_version
 * @param backward G4: older than an earlier read of the same client
 * @param failed the reads that ended with an error
 * @param refused the reads that failed because the row is older than min_version
 * @param writes the acknowledged invalidations, once for each cache
 * @param firstFailure why the first of the failed reads failed, empty for none
 * @param first the first violation that was found, empty for none
 */
public record Verdict(
    int judged,
    int stale,
    int below,
    int backward,
    int failed,
    int refused,
    int writes,
    String first,
    String firstFailure) {

  static final Verdict NONE = new Verdict(0, 0, 0, 0, 0, 0, 0, "", "");

  public boolean isClean() {
    return stale + below + backward == 0;
  }

  /** The verdict on both histories. */
  Verdict plus(Verdict other) {
    return new Verdict(
        judged + other.judged,
        stale + other.stale,
        below + other.below,
        backward + other.backward,
        failed + other.failed,
        refused + other.refused,
        writes + other.writes,
        first.isEmpty() ? other.first : first,
        firstFailure.isEmpty() ? other.firstFailure : firstFailure);
  }

  /**
   * If no read was wrong, reads like these are wrong less often than this, with 95 % confidence:
   * the rule of three.
   */
  double bound() {
    return 3.0 / judged;
  }

  @Override
  public String toString() {
    String counted =
        String.format(
            Locale.ROOT,
            "%,d reads judged: %d stale (G2), %d below min_version (G3), %d backward (G4);"
                + " %,d failed, %,d refused as too old, %,d invalidations",
            judged,
            stale,
            below,
            backward,
            failed,
            refused,
            writes);
    if (!firstFailure.isEmpty()) {
      counted += " (failed: " + firstFailure + ")";
    }
    return isClean()
        ? counted + String.format(Locale.ROOT, "; bound 3/N = %.1e", bound())
        : counted + "; first " + first;
  }
}
