package io.loadonce.server.load;

/**
 * The switch of a lookup: which ids use the cache, and whether those that are not cached are
 * loaded. Immutable.
 *
 * @param percent the share of the ids that use the cache, 0 to 100. The others are loaded for each
 *     call, once for all callers who want them at the same moment
 * @param loads whether a miss is loaded
 */
public record CacheUse(int percent, boolean loads) {

  public static final CacheUse ON = new CacheUse(100, /* loads= */ true);
  public static final CacheUse OFF = new CacheUse(0, /* loads= */ true);
  public static final CacheUse MEMORY_ONLY = new CacheUse(100, /* loads= */ false);

  private static final int ALL = 100;

  /** An odd number that spreads the bits of a hash: 2 to the 32nd, divided by the golden ratio. */
  private static final int SPREAD = 0x9E3779B9;

  /**
   * @throws IllegalArgumentException if the share is not from 0 to 100
   */
  public CacheUse {
    if (percent < 0 || percent > ALL) {
      throw new IllegalArgumentException("the share of ids must be from 0 to 100");
    }
  }

  /**
   * Whether an id uses the cache. The text of the id decides, so that all instances decide alike,
   * now and after a restart, and a larger share has all ids of a smaller one.
   */
  public boolean includes(Object id) {
    return percent == ALL || place(id) < percent;
  }

  private static int place(Object id) {
    int hash = id.toString().hashCode() * SPREAD;
    return Integer.remainderUnsigned(hash ^ (hash >>> 16), ALL);
  }
}
