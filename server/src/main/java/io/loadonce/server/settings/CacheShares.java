package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import java.util.List;

/**
 * How the lookups share the memory for cached rows. A lookup with {@code cache-bytes} of its own
 * has those; the others have equal parts of what is left of the total. The memory for negative
 * entries is shared in the same way.
 *
 * @param rows for cached rows, of a lookup that has no budget of its own
 * @param negative for negative entries
 */
record CacheShares(long maxHeapBytes, long rows, long negative) {

  /** The memory of one lookup. */
  record Share(long bytes, long negativeBytes) {}

  /** By default, cached rows may use a quarter of the heap. */
  private static final int HEAP_PER_CACHE = 4;

  /** By default, cached "not found" entries may use a sixteenth of that. */
  private static final int CACHE_PER_NEGATIVE_CACHE = 16;

  /**
   * @param lookups how many there are
   * @throws InvalidSettingException if a budget is out of its range, or if the lookups' own budgets
   *     are more than the total
   */
  static CacheShares of(SettingTexts texts, int lookups, long maxHeapBytes) {
    long total = bytes(texts, Setting.CACHE_BYTES, maxHeapBytes, maxHeapBytes / HEAP_PER_CACHE);
    long negativeTotal =
        bytes(texts, Setting.NEGATIVE_CACHE_BYTES, maxHeapBytes, total / CACHE_PER_NEGATIVE_CACHE);
    return new CacheShares(
        maxHeapBytes,
        rest(texts, lookups, Setting.CACHE_BYTES, total, maxHeapBytes),
        rest(texts, lookups, Setting.NEGATIVE_CACHE_BYTES, negativeTotal, maxHeapBytes));
  }

  /** Returns the memory of the lookup with these texts, of which some may be its own. */
  Share of(SettingTexts lookup) {
    return new Share(
        lookup.isOwn(Setting.CACHE_BYTES)
            ? bytes(lookup, Setting.CACHE_BYTES, maxHeapBytes, rows)
            : rows,
        lookup.isOwn(Setting.NEGATIVE_CACHE_BYTES)
            ? bytes(lookup, Setting.NEGATIVE_CACHE_BYTES, maxHeapBytes, negative)
            : negative);
  }

  /** Returns the equal part of a lookup that has no budget of its own. */
  private static long rest(
      SettingTexts texts, int lookups, Setting setting, long total, long maxHeapBytes) {
    List<SettingTexts> own =
        texts.lookups().stream().map(texts::in).filter(each -> each.isOwn(setting)).toList();
    long taken = own.stream().mapToLong(each -> bytes(each, setting, maxHeapBytes, 0)).sum();
    if (taken > total) {
      throw new InvalidSettingException(
          texts.of(setting).named(),
          "is %d for all lookups together, and the lookups have %d of their own; raise it or lower"
                  .formatted(total, taken)
              + " theirs");
    }
    int without = lookups - own.size();
    if (without > 0 && taken > 0 && taken == total) {
      throw new InvalidSettingException(
          texts.of(setting).named(),
          "is %d, and the lookups with a budget of their own use all of it; raise it, since %d"
                  .formatted(total, without)
              + " lookups have none");
    }
    return (total - taken) / Math.max(1, without);
  }

  private static long bytes(SettingTexts texts, Setting setting, long maxHeapBytes, long standard) {
    SettingValues values = new SettingValues(texts);
    return values.has(setting) ? values.bytes(setting, 0, maxHeapBytes) : standard;
  }
}
