package io.loadonce.server.history;

/**
 * One lock around the load, with a second look inside: no stampede, and rows as stale as before.
 */
record LockedCacheAside(CacheAside aside, Object lock) implements HistorySubject {

  LockedCacheAside(HistoryDatabase database) {
    this(new CacheAside(database), new Object());
  }

  @Override
  public Answer read(int id, long minVersion) {
    Long kept = aside.memory().get(id);
    if (kept != null) {
      return new Answer.Row(kept);
    }
    synchronized (lock) {
      return aside.read(id, minVersion);
    }
  }

  @Override
  public void invalidate(int id) {
    aside.invalidate(id);
  }

  @Override
  public void close() {
    aside.close();
  }
}
