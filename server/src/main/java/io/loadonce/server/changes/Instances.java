package io.loadonce.server.changes;

import io.loadonce.db.lookup.Key;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The other instances, which must invalidate what a caller invalidates here. Never blocks. */
public interface Instances {

  /** For an instance that knows no others. */
  Instances ALONE =
      (lookup, ids, isSeen, here) -> {
        here.run();
        return CompletableFuture.completedFuture(Reach.ALONE);
      };

  /**
   * Invalidates ids on all instances.
   *
   * @param lookup the name of their lookup
   * @param ids empty for all ids
   * @param isSeen whether to wait until no instance serves anything older
   * @param here invalidates them on this instance; run before this returns
   */
  CompletableFuture<Reach> invalidate(String lookup, List<Key> ids, boolean isSeen, Runnable here);

  /**
   * What is known of the other instances.
   *
   * @param instances how many have invalidated or will, this one included
   * @param waitedOut how many did not answer, until they could serve nothing older
   * @param isSent whether the others were told; if not, they will be
   */
  record Reach(int instances, int waitedOut, boolean isSent) {

    static final Reach ALONE = new Reach(1, 0, /* isSent= */ true);

    /** What is known of two invalidations together: the least of both. */
    public Reach and(Reach other) {
      return new Reach(
          Math.min(instances, other.instances),
          Math.max(waitedOut, other.waitedOut),
          isSent && other.isSent);
    }
  }
}
