package io.loadonce.server.audit;

import io.loadonce.server.load.Histogram;
import java.util.concurrent.atomic.AtomicLong;

/** What the comparisons of one lookup have found. Safe for use by many threads. */
public final class AuditCounts {

  final AtomicLong checked = new AtomicLong();
  final AtomicLong stale = new AtomicLong();
  private final Histogram staleAges = Histogram.ofAges();

  AuditCounts() {}

  /** How many rows were compared with the database. */
  public long checked() {
    return checked.get();
  }

  /** How many of them were not those of the database, at two looks. */
  public long stale() {
    return stale.get();
  }

  /** The ages of those rows in nanoseconds: for how long they had been wrong at most. */
  public Histogram staleAges() {
    return staleAges;
  }
}
