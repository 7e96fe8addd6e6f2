package io.loadonce.commands.load;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Which ids of a pool were requested, one bit for each. Safe for use by many threads. */
final class RequestedIds {

  private final AtomicLongArray bits;
  private final LongAdder count = new LongAdder();

  RequestedIds(int size) {
    bits = new AtomicLongArray((size - 1) / Long.SIZE + 1);
  }

  /** Adds an id by its position; most were added before, which is only a read. */
  void add(int index) {
    int word = index / Long.SIZE;
    long bit = 1L << index;
    if ((bits.get(word) & bit) == 0
        && (bits.getAndAccumulate(word, bit, (all, one) -> all | one) & bit) == 0) {
      count.increment();
    }
  }

  /** How many different ids were added. */
  long count() {
    return count.sum();
  }
}
