package io.loadonce.server.tier;

import java.util.concurrent.atomic.LongAdder;

/** What one lookup has done with the shared store since the start. Safe for use by many threads. */
public final class TierCounts {
  final LongAdder looks = new LongAdder();
  final LongAdder hits = new LongAdder();
  final LongAdder leases = new LongAdder();
  final LongAdder waits = new LongAdder();
  final LongAdder tooLarge = new LongAdder();
  final LongAdder unreadable = new LongAdder();
  final LongAdder notReached = new LongAdder();
  final LongAdder landed = new LongAdder();
  final LongAdder landingsRefused = new LongAdder();

  TierCounts() {}

  /** How many ids were looked up, each look counted. */
  public long looks() {
    return looks.sum();
  }

  /** How many looks found a row or a "not found". */
  public long hits() {
    return hits.sum();
  }

  /** How many looks took the lease, so that this instance loaded the id. */
  public long leases() {
    return leases.sum();
  }

  /** How many looks found that another instance loads the id. */
  public long waits() {
    return waits.sum();
  }

  /** How many looks found that the row is too large to be shared. */
  public long tooLarge() {
    return tooLarge.sum();
  }

  /** How many looks found a value that cannot be read. */
  public long unreadable() {
    return unreadable.sum();
  }

  /** How many flights were loaded without a look, or after one that failed. */
  public long notReached() {
    return notReached.sum();
  }

  /** How many rows and "not found" answers were put into the store. */
  public long landed() {
    return landed.sum();
  }

  /** How many were not put, because the lease was no longer held. */
  public long landingsRefused() {
    return landingsRefused.sum();
  }
}
