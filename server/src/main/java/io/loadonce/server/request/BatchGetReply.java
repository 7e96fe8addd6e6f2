package io.loadonce.server.request;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** A {@code BatchGetResponse}: its results, one behind the other, none encoded again. */
final class BatchGetReply implements WireMessage {

  private final List<WireMessage> results;
  private final int sizeBytes;

  /**
   * @param results each a {@code BatchGetResult}, in the order of the request
   */
  BatchGetReply(List<WireMessage> results) {
    this.results = List.copyOf(results);
    int sum = 0;
    for (WireMessage result : this.results) {
      int size = result.sizeBytes();
      sum = Math.addExact(sum, WireMessage.firstFieldHeadBytes(size) + size);
    }
    this.sizeBytes = sum;
  }

  @Override
  public int sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    for (WireMessage result : results) {
      WireMessage.writeFirstField(out, result.sizeBytes());
      result.writeTo(out);
    }
  }
}
