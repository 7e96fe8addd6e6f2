package io.loadonce.server.changes;

import io.loadonce.db.feed.Change;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A change feed under the control of a test: it reports the changes that the test names, sends
 * heartbeats unless they are switched off, and accepts a subscription when the test allows it.
 */
final class ScriptedFeed implements ChangeFeed {
  private static final Change CUT = new Change.Heartbeat(-1);

  final Semaphore subscriptions = new Semaphore(0);
  final Semaphore requested = new Semaphore(0);
  volatile boolean sendsHeartbeats = true;

  /** What each request of a heartbeat shows. */
  volatile List<Change> unreported = List.of();

  /** Runs while a subscription begins. */
  volatile Runnable whenSubscribed = () -> {};

  private volatile BlockingQueue<Change> spoken = new LinkedBlockingQueue<>();

  void say(Change... changes) {
    spoken.addAll(List.of(changes));
  }

  void cut() {
    spoken.add(CUT);
  }

  @Override
  public void check() {}

  @Override
  public Subscription subscribe() {
    subscriptions.acquireUninterruptibly();
    BlockingQueue<Change> mine = new LinkedBlockingQueue<>();
    spoken = mine;
    whenSubscribed.run();
    return new Spoken(mine);
  }

  private final class Spoken implements Subscription {
    private final BlockingQueue<Change> mine;

    Spoken(BlockingQueue<Change> mine) {
      this.mine = mine;
    }

    @Override
    public void requestHeartbeat(long number) {
      mine.addAll(unreported);
      if (sendsHeartbeats) {
        mine.add(new Change.Heartbeat(number));
      }
      requested.release();
    }

    @Override
    public List<Change> poll(Duration timeout) throws SourceException {
      List<Change> changes = new ArrayList<>();
      try {
        Change first = mine.poll(Math.min(1_000_000, timeout.toNanos()), TimeUnit.NANOSECONDS);
        if (first != null) {
          changes.add(first);
          mine.drainTo(changes);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (changes.contains(CUT)) {
        throw new SourceException.Unavailable("cut", /* cause= */ null);
      }
      return changes;
    }

    @Override
    public void abort() {
      mine.add(CUT);
    }

    @Override
    public void close() {}
  }
}
