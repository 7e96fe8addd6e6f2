package io.loadonce.server.load;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Counts of values by size, in classes with fixed bounds. Recording neither blocks nor allocates;
 * safe for use by many threads.
 */
public final class Histogram {

  /** The last class has no upper bound. */
  private static final long[] STEPS = {10, 15, 20, 30, 50, 70};

  private final long[] bounds;
  private final LongAdder[] counts;

  /** Not a long: the ages of hits, in nanoseconds, would exceed it within an hour. */
  private final DoubleAdder sum = new DoubleAdder();

  /** The latest of each class. */
  private final AtomicReferenceArray<@Nullable Exemplar> exemplars;

  /**
   * The trace of one value.
   *
   * @param epochMillis when the value was recorded
   */
  public record Exemplar(long value, String traceId, String spanId, long epochMillis) {}

  private Histogram(long[] bounds) {
    this.bounds = bounds;
    this.counts =
        IntStream.rangeClosed(0, bounds.length)
            .mapToObj(_ -> new LongAdder())
            .toArray(LongAdder[]::new);
    this.exemplars = new AtomicReferenceArray<>(counts.length);
  }

  /** For times in nanoseconds: six classes for each decade, from 1 microsecond to 70 s. */
  public static Histogram ofTimes() {
    return new Histogram(
        LongStream.iterate(100, decade -> decade <= 1_000_000_000L, decade -> decade * 10)
            .flatMap(decade -> LongStream.of(STEPS).map(step -> decade * step))
            .toArray());
  }

  /** For ages in nanoseconds: six classes for each decade, from 1 millisecond to 19 hours. */
  public static Histogram ofAges() {
    return new Histogram(
        LongStream.iterate(100_000, decade -> decade <= 1_000_000_000_000L, decade -> decade * 10)
            .flatMap(decade -> LongStream.of(STEPS).map(step -> decade * step))
            .toArray());
  }

  /** For numbers of ids: 1, 2, 4 and so on, to 1,024. */
  static Histogram ofIds() {
    return new Histogram(LongStream.iterate(1, ids -> ids <= 1024, ids -> ids * 2).toArray());
  }

  public void record(long value) {
    counts[classOf(value)].increment();
    sum.add((double) value);
  }

  /** Keeps the trace of a value that was recorded, until there is a later one in its class. */
  public void exemplify(Exemplar exemplar) {
    exemplars.set(classOf(exemplar.value()), exemplar);
  }

  /** Returns the latest exemplar of each class that has one. */
  public List<Exemplar> exemplars() {
    return IntStream.range(0, exemplars.length())
        .mapToObj(exemplars::get)
        .filter(Objects::nonNull)
        .toList();
  }

  /** Returns what was recorded so far. Values that are recorded meanwhile may be missing. */
  public Snapshot snapshot() {
    long[] now = new long[counts.length];
    for (int i = 0; i < now.length; i++) {
      now[i] = counts[i].sum();
    }
    return new Snapshot(bounds, now, sum.sum());
  }

  private int classOf(long value) {
    int low = 0;
    int high = bounds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (bounds[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** What a histogram had recorded at one moment, or between two moments. Immutable. */
  public static final class Snapshot {
    private final long[] bounds;
    private final long[] counts;
    private final double sum;

    private Snapshot(long[] bounds, long[] counts, double sum) {
      this.bounds = bounds;
      this.counts = counts;
      this.sum = sum;
    }

    /** Returns the number of classes; the last one has no upper bound. */
    public int classes() {
      return counts.length;
    }

    /** Returns the largest value of a class; the last class has none, so it must be another. */
    public long bound(int place) {
      return bounds[place];
    }

    public long count(int place) {
      return counts[place];
    }

    /** Returns the sum of the values, to 15 digits. */
    public double sum() {
      return sum;
    }

    /** Returns how many values were recorded. */
    public long count() {
      return LongStream.of(counts).sum();
    }

    /** Returns what was recorded after {@code earlier}, a snapshot of the same histogram. */
    public Snapshot since(Snapshot earlier) {
      return combined(earlier, -1);
    }

    /** Returns what this snapshot and one of a histogram of the same kind have together. */
    public Snapshot plus(Snapshot other) {
      return combined(other, 1);
    }

    private Snapshot combined(Snapshot other, int factor) {
      long[] both = counts.clone();
      for (int i = 0; i < both.length; i++) {
        both[i] += factor * other.counts[i];
      }
      return new Snapshot(bounds, both, sum + factor * other.sum);
    }

    /**
     * Returns about the value below which this share of the values lies, as if the values of a
     * class were spread evenly in it; 0 if there are none.
     *
     * @param share from 0 to 1
     */
    public double quantile(double share) {
      double wanted = share * count();
      double before = 0;
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] > 0 && before + counts[i] >= wanted) {
          double low = i == 0 ? 0 : bounds[i - 1];
          double high = i == bounds.length ? low : bounds[i];
          return low + (high - low) * (wanted - before) / counts[i];
        }
        before += counts[i];
      }
      return 0;
    }
  }
}
