package io.loadonce.server.load;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.datasketches.frequencies.ErrorType;
import org.apache.datasketches.frequencies.ItemsSketch;

/**
 * The ids with the largest sums of something, such as calls, of the last five to ten minutes.
 * Counted in a sketch of bounded size, so that an id with a small sum may be missing; each sum is
 * an estimate, and not less than what was added for the id. Safe for use by many threads.
 *
 * @param <K> the id
 */
public final class HotIds<K> {

  /** How many ids the sketch can hold before it drops the smallest; three quarters are used. */
  static final int SKETCH_IDS = 1024;

  private static final Duration WINDOW = Duration.ofMinutes(5);

  /**
   * @param sum an estimate
   */
  public record Hot<K>(K id, long sum) {}

  private final LongSupplier nanoClock;
  private final Object mutex = new Object();

  @GuardedBy("mutex")
  private ItemsSketch<K> current = new ItemsSketch<>(SKETCH_IDS);

  @GuardedBy("mutex")
  private ItemsSketch<K> previous = new ItemsSketch<>(SKETCH_IDS);

  @GuardedBy("mutex")
  private long currentSinceNanos;

  HotIds(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.currentSinceNanos = nanoClock.getAsLong();
  }

  /**
   * @param more at least 1
   */
  void add(K id, long more) {
    long nowNanos = nanoClock.getAsLong();
    synchronized (mutex) {
      rotate(nowNanos);
      current.update(id, more);
    }
  }

  /** Returns the ids with the largest sums, the largest first. */
  public List<Hot<K>> top(int most) {
    ItemsSketch<K> both = new ItemsSketch<>(SKETCH_IDS);
    long nowNanos = nanoClock.getAsLong();
    synchronized (mutex) {
      rotate(nowNanos);
      both.merge(previous);
      both.merge(current);
    }
    return Arrays.stream(both.getFrequentItems(ErrorType.NO_FALSE_NEGATIVES))
        .limit(most)
        .map(row -> new Hot<>(row.getItem(), row.getEstimate()))
        .toList();
  }

  @GuardedBy("mutex")
  private void rotate(long nowNanos) {
    long sinceNanos = nowNanos - currentSinceNanos;
    if (sinceNanos < WINDOW.toNanos()) {
      return;
    }
    previous = sinceNanos < 2 * WINDOW.toNanos() ? current : new ItemsSketch<>(SKETCH_IDS);
    current = new ItemsSketch<>(SKETCH_IDS);
    // By whole windows: no sum is older than two of them, however rarely this is called.
    currentSinceNanos += sinceNanos / WINDOW.toNanos() * WINDOW.toNanos();
  }
}
