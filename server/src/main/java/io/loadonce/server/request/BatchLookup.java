package io.loadonce.server.request;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One BatchGet under way, with a place for each id. The thread that fills the last place sends the
 * reply. Each place is filled once, by any thread.
 */
final class BatchLookup {

  /** The most bytes in one reply, all of which are in memory at one time. */
  static final int MAX_REPLY_BYTES = 64 << 20;

  private final UnaryCall<?> call;

  /** Each place is written before {@link #open} is counted down, and read once that is 0. */
  private final WireMessage[] results;

  private final AtomicInteger open;

  /**
   * @param size the number of ids, at least 1
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
              "the rows of this batch have %,d bytes, and the limit is %,d; request fewer ids"
                  .formatted(reply.totalBytes(), MAX_REPLY_BYTES)));
      return;
    }
    call.reply(reply);
  }
}
