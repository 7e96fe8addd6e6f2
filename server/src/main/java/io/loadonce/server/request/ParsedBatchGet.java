package io.loadonce.server.request;

import com.google.protobuf.InvalidProtocolBufferException;
import io.loadonce.server.load.Freshness;
import io.loadonce.v1.BatchGetRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * The request of a BatchGet.
 *
 * @param minVersion {@link Freshness#ANY_VERSION} if the request has none
 */
record ParsedBatchGet(List<String> ids, long minVersion) {

  /** Reads a {@code BatchGetRequest}. */
  static ParsedBatchGet of(byte[] request) throws InvalidProtocolBufferException {
    List<String> ids = new ArrayList<>();
    int at = 0;
    while (at < request.length) {
      int end = PlainId.end(request, at);
      if (end < 0) {
        return generated(BatchGetRequest.parseFrom(request));
      }
      ids.add(PlainId.text(request, at, end));
      at = end;
    }
    return new ParsedBatchGet(ids, Freshness.ANY_VERSION);
  }

  private static ParsedBatchGet generated(BatchGetRequest parsed) {
    return new ParsedBatchGet(
        parsed.getIdsList(),
        parsed.hasMinVersion() ? parsed.getMinVersion() : Freshness.ANY_VERSION);
  }
}
