package io.loadonce.server.request;

import com.google.protobuf.CodedOutputStream;
import io.loadonce.v1.BatchGetResponse;
import java.io.IOException;
import java.util.List;

/** A {@code BatchGetResponse} made of results that are encoded already. */
final class BatchGetReply implements WireMessage {

  private static final int FIELD = BatchGetResponse.RESULTS_FIELD_NUMBER;

  private final List<WireMessage> results;
  private final int totalBytes;

  /**
   * @param results each a {@code BatchGetResult}, in the order of the request; must not be changed
   *     afterwards
   */
  BatchGetReply(List<WireMessage> results) {
    this.results = results;
    int sum = 0;
    for (WireMessage result : results) {
      sum = Math.addExact(sum, GetReply.embeddedBytes(FIELD, result.sizeBytes()));
    }
    this.totalBytes = sum;
  }

  @Override
  public int sizeBytes() {
    return totalBytes;
  }

  @Override
  public void writeTo(CodedOutputStream out) throws IOException {
    for (WireMessage result : results) {
      GetReply.writeHead(out, FIELD, result.sizeBytes());
      result.writeTo(out);
    }
  }
}
