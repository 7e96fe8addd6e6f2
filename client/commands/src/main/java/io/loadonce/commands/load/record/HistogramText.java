package io.loadonce.commands.load.record;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * Histograms of latencies in nanoseconds, and their text: the compressed encoding of HdrHistogram
 * in base64, which the tools of HdrHistogram read, too.
 */
public final class HistogramText {

  /** The longest latency that is told apart from longer ones. */
  public static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

  private static final double NANOS_PER_MILLI = 1e6;

  private HistogramText() {}

  /** An empty histogram with three significant digits. */
  public static Histogram precise() {
    return new Histogram(LONGEST_NANOS, /* numberOfSignificantValueDigits= */ 3);
  }

  /** An empty histogram with two significant digits, for one second of many. */
  public static Histogram coarse() {
    return new Histogram(LONGEST_NANOS, /* numberOfSignificantValueDigits= */ 2);
  }

  /** A percentile, 0 to 100, in milliseconds to the microsecond; 0 if the histogram is empty. */
  public static double millis(Histogram histogram, double percentile) {
    return Math.round(histogram.getValueAtPercentile(percentile) / 1e3) / 1e3;
  }

  /** Milliseconds of nanoseconds. */
  public static double millis(long nanos) {
    return nanos / NANOS_PER_MILLI;
  }

  /** Writes the whole histogram. */
  public static String encode(Histogram histogram) {
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(bytes);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
  }

  /**
   * Reads what {@link #encode} has written.
   *
   * @throws IllegalArgumentException if the text is not a histogram
   */
  public static Histogram decode(String base64) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
      return Histogram.decodeFromCompressedByteBuffer(bytes, LONGEST_NANOS);
    } catch (DataFormatException | RuntimeException _) {
      // HdrHistogram has no exception of its own for bytes that are not a histogram.
      throw new IllegalArgumentException("a histogram is damaged");
    }
  }
}
