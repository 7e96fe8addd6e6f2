package io.loadonce.server.request;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One BatchGet on its way: a place for each id. Whoever fills the last one sends the reply. Each
 * place is filled once, by any thread.
 */
final class BatchLookup {

  /** The most that one reply may hold; it has to be in memory as a whole. */
  static final int MAX_REPLY_BYTES = 64 << 20;

  private final UnaryCall<?> call;

  /** Each place is written before {@link #open} is counted down for it, and read when that is 0. */
  private final WireMessage[] results;

  private final AtomicInteger open;

  /**
   * @param size how many ids, at least 1
   */
  BatchLookup(UnaryCall<?> call, int size) {
    this.call = call;
    this.results = new WireMessage[size];
    this.open = new AtomicInteger(size);
  }

  void fill(int place, WireMessage result) {
    results[place] = result;
    if (open.decrementAndGet() == 0) {
      send();
    }
  }

  private void send() {
    BatchGetReply reply = new BatchGetReply(Arrays.asList(results));
    if (reply.totalBytes() > MAX_REPLY_BYTES) {
      call.fail(
          Reason.INVALID_BATCH.status(
              "the rows of this batch have %,d bytes, the most is %,d; ask for fewer ids"
                  .formatted(reply.totalBytes(), MAX_REPLY_BYTES)));
      return;
    }
    call.reply(reply);
  }
}
