package io.loadonce.db.source;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Whether the database can be reached: the circuit breaker of one database. A load that fails makes
 * it suspected, a slow one requests a probe, a probe decides, and while the database is unreachable
 * nothing is sent but probes. Safe for use by many threads.
 *
 * <pre>
 * REACHABLE    a load could not reach the database  -> SUSPECTED, and a probe is requested
 * SUSPECTED    the probe or a load succeeds         -> REACHABLE
 * any          a probe fails, and no load has succeeded meanwhile
 *                                                   -> UNREACHABLE: loads fail at once
 * UNREACHABLE  a probe succeeds, or a load that was under way
 *                                                   -> REACHABLE
 * </pre>
 *
 * <p>Usual breakers open when a share of the last calls has failed. A probe needs no share: one
 * slow lookup does not close the database for the others, and one failure is enough to find out.
 */
public final class Availability {

  /** Whether the last load could not reach the database. True in an outage. */
  private volatile boolean suspected;

  /** Why the database is unreachable; null if it is not. */
  private volatile SourceException.@Nullable Unavailable outage;

  /** Whether a load has succeeded since the last probe began. */
  private volatile boolean loaded;

  /** At most one permit: the next probe may begin. */
  private final Semaphore requests = new Semaphore(0);

  /**
   * Records how a load ended.
   *
   * @param failure why the load failed; null if it succeeded
   */
  public void ended(@Nullable SourceException failure) {
    if (failure instanceof SourceException.Unavailable) {
      suspect();
      return;
    }
    // Most loads change nothing: a read keeps the cache line shared between the loader threads.
    if (!loaded) {
      loaded = true;
    }
    if (suspected) {
      reached();
    }
  }

  /** Records that a probe succeeded. */
  public void reached() {
    synchronized (requests) {
      suspected = false;
      outage = null;
    }
  }

  /** Records that a probe begins. */
  public void probing() {
    loaded = false;
  }

  /**
   * Records that the probe failed which began last. Loads fail with this reason until the database
   * is reached again. A database that is so slow that the probe fails, while loads succeed, is
   * still reachable.
   *
   * @return whether the database is unreachable now
   */
  public boolean notReached(SourceException.Unavailable reason) {
    synchronized (requests) {
      if (loaded) {
        return false;
      }
      suspected = true;
      if (outage == null) {
        outage = reason;
      }
      return true;
    }
  }

  /** Requests a probe and leaves the state as it is: for a query that lasts suspiciously long. */
  public void requestProbe() {
    requests.drainPermits();
    requests.release();
  }

  /** Blocks until a probe has been requested. */
  public void awaitRequest() throws InterruptedException {
    requests.acquire();
  }

  /** Whether a probe was requested that has not begun; for tests. */
  public boolean isProbeRequested() {
    return requests.availablePermits() > 0;
  }

  /** Whether the last load or probe that ended could not reach the database. */
  public boolean isUnreachable() {
    return suspected;
  }

  /** Why no load is sent now: the reason of the outage; null if loads may be sent. */
  public SourceException.@Nullable Unavailable outage() {
    return outage;
  }

  private void suspect() {
    synchronized (requests) {
      if (suspected) {
        return;
      }
      suspected = true;
    }
    requestProbe();
  }
}
