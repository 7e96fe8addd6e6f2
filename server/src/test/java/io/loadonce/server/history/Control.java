package io.loadonce.server.history;

import io.loadonce.server.history.CaffeineSubject.Lookup;

/** Other caches, and ours with a planted bug; which promise each breaks is known. */
enum Control {
  ENGINE_WITHOUT_FENCE(Expected.STALE) {
    @Override
    HistorySubject open(HistoryDatabase database) {
      return new WithoutFence(new LoadOnceSubject(database, Variant.SLOW_LOADS));
    }
  },

  ENGINE_WITHOUT_MIN_VERSION(Expected.BELOW) {
    @Override
    HistorySubject open(HistoryDatabase database) {
      return new WithoutMinVersion(new LoadOnceSubject(database, Variant.SLOW_LOADS));
    }
  },

  CACHE_ASIDE(Expected.STALE) {
    @Override
    HistorySubject open(HistoryDatabase database) {
      return new CacheAside(database);
    }
  },

  CACHE_ASIDE_ONE_LOCK_SECOND_LOOK(Expected.STALE) {
    @Override
    HistorySubject open(HistoryDatabase database) {
      return new LockedCacheAside(database);
    }
  },

  CAFFEINE_GET_ALL(Expected.STALE) {
    @Override
    HistorySubject open(HistoryDatabase database) {
      return new CaffeineSubject(database, Lookup.GET_ALL);
    }
  },

  GUAVA_GET(Expected.STALE) {
    @Override
    HistorySubject open(HistoryDatabase database) {
      return new GuavaSubject(database);
    }
  },

  /** Not broken: its invalidation waits for the load of that id to end. */
  CAFFEINE_GET(Expected.CLEAN) {
    @Override
    HistorySubject open(HistoryDatabase database) {
      return new CaffeineSubject(database, Lookup.GET);
    }
  };

  /** What the judge must find. */
  enum Expected {
    /** At least one read broke G2. */
    STALE,
    /** At least one read broke G3. */
    BELOW,
    /** No violation in a run of this length. */
    CLEAN
  }

  private final Expected expected;

  Control(Expected expected) {
    this.expected = expected;
  }

  Expected expected() {
    return expected;
  }

  /** Only our own engine knows min_version. */
  double demands() {
    return expected == Expected.BELOW ? 1 / 2.0 : 0;
  }

  abstract HistorySubject open(HistoryDatabase database);
}
