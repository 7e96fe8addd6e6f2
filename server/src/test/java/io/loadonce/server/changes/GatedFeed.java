package io.loadonce.server.changes;

import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.source.SourceException;

/** A real feed that rejects subscriptions while the gate is shut. */
final class GatedFeed implements ChangeFeed {
  private final ChangeFeed feed;
  private volatile boolean shut;

  GatedFeed(ChangeFeed feed) {
    this.feed = feed;
  }

  void shut() {
    shut = true;
  }

  void open() {
    shut = false;
  }

  @Override
  public void check() throws SourceException {
    feed.check();
  }

  @Override
  public Subscription subscribe() throws SourceException {
    if (shut) {
      throw new SourceException.Unavailable("the gate is shut", /* cause= */ null);
    }
    return feed.subscribe();
  }
}
