package io.loadonce.bench.speed.drive;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Which ids are requested, and in which order. The suppliers may be called by many threads. */
public final class Requests {

  /** A prime above every number of rows, so that multiplying by it visits each row once. */
  private static final long STRIDE = Integer.MAX_VALUE;

  private Requests() {}

  /** The id at a place of an order that is scattered over the table; each place has another id. */
  public static long scattered(long place, int rows) {
    return 1 + place * STRIDE % rows;
  }

  /** Encoded Gets for {@code count} consecutive places of that order. */
  public static byte[][] gets(int firstPlace, int count, int rows) {
    return IntStream.range(firstPlace, firstPlace + count)
        .mapToObj(place -> RawCalls.get(scattered(place, rows)))
        .toArray(byte[][]::new);
  }

  /** Supplies each request once. */
  public static Supplier<byte @Nullable []> once(byte[][] requests) {
    AtomicInteger next = new AtomicInteger();
    return () -> {
      int place = next.getAndIncrement();
      return place < requests.length ? requests[place] : null;
    };
  }

  /** Supplies a random request each time, without end. */
  public static Supplier<byte @Nullable []> anyOf(byte[][] requests) {
    return () -> requests[ThreadLocalRandom.current().nextInt(requests.length)];
  }
}
