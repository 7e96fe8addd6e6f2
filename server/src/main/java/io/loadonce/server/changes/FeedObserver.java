package io.loadonce.server.changes;

import io.loadonce.db.lookup.Key;
import java.util.Collection;

/** What must happen outside of the caches when a change feed tells something. Never blocks. */
public interface FeedObserver {

  /** For a feed of which nothing else depends. */
  FeedObserver NONE =
      new FeedObserver() {
        @Override
        public void changed(String lookup, Collection<Key> ids) {}

        @Override
        public void allChanged(String lookup) {}

        @Override
        public void connected(String lookup, long completeUpToNanos) {}

        @Override
        public void lost(String lookup) {}
      };

  /** Called before these ids are invalidated in the cache. */
  void changed(String lookup, Collection<Key> ids);

  /** Called before the cache of this lookup is emptied because any row may have changed. */
  void allChanged(String lookup);

  /** Called after each heartbeat: no change up to this moment was missed. */
  void connected(String lookup, long completeUpToNanos);

  /** Called when changes may be missed. */
  void lost(String lookup);
}
