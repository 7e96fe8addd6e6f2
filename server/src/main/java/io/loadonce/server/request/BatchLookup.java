package io.loadonce.server.request;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * One BatchGet on its way: a place for each id. Whoever fills the last one sends the reply. Each
 * place is filled once, by any thread.
 */
final class BatchLookup {

  /** The most that one reply may hold; it has to be in memory as a whole. */
  static final int MAX_REPLY_BYTES = 64 << 20;

  private final UnaryCall<?> call;
  private final AtomicReferenceArray<WireMessage> results;
  private final AtomicInteger open;

  /**
   * @param size how many ids, at least 1
   */
  BatchLookup(UnaryCall<?> call, int size) {
    this.call = call;
    this.results = new AtomicReferenceArray<>(size);
    this.open = new AtomicInteger(size);
  }

  void fill(int place, WireMessage result) {
    results.set(place, result);
    if (open.decrementAndGet() == 0) {
      send();
    }
  }

  private void send() {
    List<WireMessage> inOrder = new ArrayList<>(results.length());
    long bytes = 0;
    for (int i = 0; i < results.length(); i++) {
      inOrder.add(results.get(i));
      bytes += results.get(i).sizeBytes();
    }
    if (bytes > MAX_REPLY_BYTES) {
      call.fail(
          Reason.INVALID_BATCH.status(
              "the rows of this batch have %,d bytes, the most is %,d; ask for fewer ids"
                  .formatted(bytes, MAX_REPLY_BYTES)));
      return;
    }
    call.reply(new BatchGetReply(inOrder));
  }
}
