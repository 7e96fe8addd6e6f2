package io.loadonce.server.request;

import com.google.protobuf.CodedOutputStream;
import com.google.rpc.Status;
import io.loadonce.v1.BatchGetResponse;
import io.loadonce.v1.BatchGetResult;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One BatchGet under way, with a place for each id. The thread that fills the last place sends the
 * reply. Each place is filled once, by any thread. A row for which the reply has no room is
 * replaced by a status as it arrives, so that it is not kept.
 */
final class BatchLookup {

  private final UnaryCall<?> call;
  private final Reservation room;

  /** Each place is written before {@link #open} is counted down, and read once that is 0. */
  private final WireMessage[] results;

  private final AtomicInteger open;

  /**
   * @param room of the call, with the places in it
   * @param size the number of ids, at least 1
   */
  BatchLookup(UnaryCall<?> call, Reservation room, int size) {
    this.call = call;
    this.room = room;
    this.results = new WireMessage[size];
    this.open = new AtomicInteger(size);
  }

  /** Fills a place with a row, or with the status of an id whose row has no room. */
  void fill(int place, WireMessage result) {
    ReplyLimit limit =
        room.addRow(
            GetReply.embeddedBytes(BatchGetResponse.RESULTS_FIELD_NUMBER, result.sizeBytes()));
    put(place, limit == null ? result : new FailedId(limit.status()));
  }

  /**
   * Fills a place with a status, for which there is always room: it is counted when the reply is
   * written.
   */
  void fail(int place, Status status) {
    put(place, new FailedId(status));
  }

  private void put(int place, WireMessage result) {
    results[place] = result;
    if (open.decrementAndGet() == 0) {
      call.replyWithinRoom(new BatchGetReply(Arrays.asList(results)));
    }
  }

  /**
   * A {@code BatchGetResult} that is a status. Most statuses are constants, so that a batch of them
   * needs little memory.
   */
  private record FailedId(Status status) implements WireMessage {
    @Override
    public int sizeBytes() {
      return GetReply.embeddedBytes(FIELD, status.getSerializedSize());
    }

    @Override
    public void writeTo(CodedOutputStream out) throws IOException {
      out.writeMessage(FIELD, status);
    }

    private static final int FIELD = BatchGetResult.STATUS_FIELD_NUMBER;
  }
}
