package io.loadonce.commands.load.report;

import io.loadonce.commands.load.record.HistogramText;
import io.loadonce.commands.load.record.RunRecord;
import io.loadonce.commands.load.record.Second;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * A run in blocks of seconds that follow each other, from which other runs like it are drawn. The
 * calls of a second have more in common with each other than with those of a later one, so whole
 * blocks are drawn, and not calls.
 */
final class Blocks {

  private static final int MOST_BLOCKS = 50;

  /** The latencies that occur, rising, in nanoseconds. */
  private final long[] latencies;

  /** For each block, how many calls had each of the latencies. */
  private final long[][] calls;

  private final double[] durations;

  private Blocks(List<Histogram> blocks, double[] durations) {
    Histogram all = HistogramText.coarse();
    blocks.forEach(all::add);
    this.latencies =
        StreamSupport.stream(all.recordedValues().spliterator(), /* parallel= */ false)
            .mapToLong(HistogramIterationValue::getValueIteratedTo)
            .toArray();
    this.calls =
        blocks.stream()
            .map(each -> Arrays.stream(latencies).map(each::getCountAtValue).toArray())
            .toArray(long[][]::new);
    this.durations = durations;
  }

  /** What is compared: latencies in nanoseconds, and calls that succeeded in a second. */
  record Figures(double p50, double p99, double rate) {}

  static Blocks of(RunRecord run) {
    int size = Math.ceilDiv(run.seconds().size(), MOST_BLOCKS);
    int count = Math.ceilDiv(run.seconds().size(), size);
    List<Histogram> blocks = new ArrayList<>();
    double[] durations = new double[count];
    for (int i = 0; i < count; i++) {
      Histogram block = HistogramText.coarse();
      for (Second each :
          run.seconds().subList(i * size, Math.min((i + 1) * size, run.seconds().size()))) {
        block.add(each.histogram());
        durations[i] += each.durationSeconds();
      }
      blocks.add(block);
    }
    return new Blocks(blocks, durations);
  }

  int count() {
    return durations.length;
  }

  /** The figures of a run of as many blocks, each of which is drawn from all blocks. */
  Figures draw(SplittableRandom random) {
    long[] sums = new long[latencies.length];
    double seconds = 0;
    for (int i = 0; i < durations.length; i++) {
      int block = random.nextInt(durations.length);
      seconds += durations[block];
      for (int j = 0; j < sums.length; j++) {
        sums[j] += calls[block][j];
      }
    }
    long total = Arrays.stream(sums).sum();
    return new Figures(
        percentile(sums, total, 0.5), percentile(sums, total, 0.99), total / seconds);
  }

  private double percentile(long[] sums, long total, double share) {
    long left = Math.max(1, (long) Math.ceil(total * share));
    for (int i = 0; i < sums.length; i++) {
      left -= sums[i];
      if (left <= 0) {
        return latencies[i];
      }
    }
    return 0;
  }
}
