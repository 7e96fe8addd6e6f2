package io.loadonce.server.request;

import com.google.protobuf.InvalidProtocolBufferException;
import io.loadonce.v1.BatchGetRequest;
import java.util.ArrayList;
import java.util.List;

/** The request of a BatchGet. */
record ParsedBatchGet(ManyIds named, Conditions conditions) {

  /** A request that has ids and perhaps a lookup, and nothing else. */
  ParsedBatchGet(String lookup, List<String> ids) {
    this(new ManyIds(lookup, ids, List.of()), Conditions.NONE);
  }

  /** Reads a {@code BatchGetRequest}; of a request with too many ids, as many as show that. */
  static ParsedBatchGet of(byte[] request) throws InvalidProtocolBufferException {
    List<String> ids = new ArrayList<>();
    int at = 0;
    while (at < request.length && ids.size() <= Reason.MAX_IDS) {
      int end = PlainText.end(request, BatchGetRequest.IDS_FIELD_NUMBER, at);
      if (end < 0) {
        return withLookup(request, ids, at);
      }
      ids.add(PlainText.text(request, at, end));
      at = end;
    }
    return new ParsedBatchGet("", ids);
  }

  private static ParsedBatchGet withLookup(byte[] request, List<String> ids, int at)
      throws InvalidProtocolBufferException {
    int end = PlainText.end(request, BatchGetRequest.LOOKUP_FIELD_NUMBER, at);
    if (end == request.length) {
      return new ParsedBatchGet(PlainText.text(request, at, end), ids);
    }
    BatchGetRequest parsed = BatchGetRequest.parseFrom(request);
    return new ParsedBatchGet(
        new ManyIds(parsed.getLookup(), parsed.getIdsList(), parsed.getKeysList()),
        Conditions.of(parsed));
  }
}
