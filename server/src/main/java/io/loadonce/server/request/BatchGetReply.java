package io.loadonce.server.request;

import com.google.protobuf.CodedOutputStream;
import io.loadonce.v1.BatchGetResponse;
import java.io.IOException;
import java.util.List;

/** A {@code BatchGetResponse} made of results that are encoded already. */
final class BatchGetReply implements WireMessage {

  private static final int FIELD = BatchGetResponse.RESULTS_FIELD_NUMBER;

  private final List<WireMessage> results;
  private final long totalBytes;

  /**
   * @param results each a {@code BatchGetResult}, in the order of the request; must not be changed
   *     afterwards
   */
  BatchGetReply(List<WireMessage> results) {
    this.results = results;
    long sum = 0;
    for (WireMessage result : results) {
      sum += GetReply.embeddedBytes(FIELD, result.sizeBytes());
    }
    this.totalBytes = sum;
  }

  /** Returns the size of the whole reply in bytes, which may be over the limit. */
  long totalBytes() {
    return totalBytes;
  }

  @Override
  public int sizeBytes() {
    return Math.toIntExact(totalBytes);
  }

  @Override
  public void writeTo(CodedOutputStream out) throws IOException {
    for (WireMessage result : results) {
      GetReply.writeHead(out, FIELD, result.sizeBytes());
      result.writeTo(out);
    }
  }
}
