package io.loadonce.server.tier;

import io.loadonce.db.feed.Change;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The changes of a database, as a test pushes them to one instance. */
final class PushedFeed implements ChangeFeed {
  private final BlockingQueue<Change> pushed = new LinkedBlockingQueue<>();
  private volatile boolean isDown;

  /** Reports that the row of an id has changed; nothing while the feed is down. */
  void push(Key id) {
    if (!isDown) {
      pushed.add(new Change.Row(TierInstance.LOOKUP.name(), id));
    }
  }

  /** Breaks the subscription; there is no other one before {@link #up}. */
  void down() {
    isDown = true;
  }

  void up() {
    isDown = false;
  }

  @Override
  public void check() {}

  @Override
  public Subscription subscribe() throws SourceException {
    requireUp();
    pushed.clear();
    return new Subscription() {
      private volatile boolean aborted;

      @Override
      public void requestHeartbeat(long number) throws SourceException {
        requireUp();
        pushed.add(new Change.Heartbeat(number));
      }

      @Override
      public List<Change> poll(Duration timeout) throws SourceException {
        List<Change> changes = new ArrayList<>();
        try {
          Change first = pushed.poll(Math.min(timeout.toMillis(), 10), TimeUnit.MILLISECONDS);
          if (first != null) {
            changes.add(first);
            pushed.drainTo(changes);
          }
        } catch (InterruptedException e) {
          throw new SourceException.Unavailable("interrupted", e);
        }
        requireUp();
        if (aborted) {
          throw new SourceException.Unavailable("aborted", /* cause= */ null);
        }
        return changes;
      }

      @Override
      public void abort() {
        aborted = true;
      }

      @Override
      public void close() {}
    };
  }

  private void requireUp() throws SourceException {
    if (isDown) {
      throw new SourceException.Unavailable("the test has broken the feed", /* cause= */ null);
    }
  }
}
