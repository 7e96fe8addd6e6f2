package io.loadonce.server.load;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * How long the queries of a lookup take at present, by the number of ids that they are for. Learned
 * from each query that ends. Safe for use by many threads; reading takes no lock.
 *
 * <p>There is one time for each class of sizes: up to 1, 2, 4 ... ids. A query for twice the ids
 * takes at least as long, and at most twice as long. So each measured time also bounds the times of
 * the other classes; where an older one contradicts it, the newer one wins. A larger query than any
 * before is taken to be the geometric mean of these bounds, until it is tried.
 */
final class QueryTimes {

  /** A measured time moves the average by this part of the difference. */
  private static final int SMOOTHING = 4;

  private final Object mutex = new Object();
  private final int maxIds;

  /** By class; 0 before the first query. The array is replaced and never changed. */
  private volatile long[] nanos;

  /** Which classes were measured themselves. */
  @GuardedBy("mutex")
  private final boolean[] measured;

  /**
   * @param maxIds the most ids of one query, at least 1
   */
  QueryTimes(int maxIds) {
    this.maxIds = maxIds;
    this.nanos = new long[classOf(maxIds) + 1];
    this.measured = new boolean[nanos.length];
  }

  /** Records the time of a query that has ended. */
  void ended(int ids, long tookNanos) {
    int size = classOf(ids);
    synchronized (mutex) {
      long[] next = nanos.clone();
      next[size] = measured[size] ? next[size] + (tookNanos - next[size]) / SMOOTHING : tookNanos;
      measured[size] = true;
      bound(next, size);
      nanos = next;
    }
  }

  /** Records that a query has not ended after this time, and will be of no use any more. */
  void lasted(int ids, long nanosSoFar) {
    if (nanosSoFar > nanos(ids)) {
      ended(ids, nanosSoFar);
    }
  }

  /** The time of a query for so many ids; 0 before the first query has ended. */
  long nanos(int ids) {
    return nanos[classOf(ids)];
  }

  /**
   * The most ids that a query can carry within a time. If even one id takes about as long or
   * longer: as many as take at most twice the time of one, since fewer would not help.
   */
  int idsWithin(long limitNanos) {
    long[] known = nanos;
    long limit = Math.max(limitNanos, 2 * known[0]);
    int size = known.length - 1;
    while (known[size] > limit) { // ends at one id at the latest
      size--;
    }
    return Math.min(maxIds, 1 << size);
  }

  @GuardedBy("mutex")
  private void bound(long[] times, int size) {
    long time = times[size];
    for (int other = 0; other < times.length; other++) {
      if (other < size) {
        times[other] = Math.clamp(times[other], time >> (size - other), time);
      } else if (measured[other]) {
        times[other] = Math.clamp(times[other], time, time << (other - size));
      } else {
        times[other] = (long) (time * Math.sqrt(1 << (other - size)));
      }
    }
  }

  private static int classOf(int ids) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(ids - 1);
  }
}
