package io.loadonce.server.request;

import com.google.protobuf.InvalidProtocolBufferException;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.Key;
import java.util.ArrayList;
import java.util.List;

/**
 * The request of a BatchGet.
 *
 * @param lookup the name of the lookup of the ids, and of each key that names none; empty if the
 *     request has none
 */
record ParsedBatchGet(String lookup, List<String> ids, List<Key> keys, Conditions conditions) {

  /** A request that has ids and perhaps a lookup, and nothing else. */
  ParsedBatchGet(String lookup, List<String> ids) {
    this(lookup, ids, List.of(), Conditions.NONE);
  }

  /** Reads a {@code BatchGetRequest}. */
  static ParsedBatchGet of(byte[] request) throws InvalidProtocolBufferException {
    List<String> ids = new ArrayList<>();
    int at = 0;
    while (at < request.length) {
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
        parsed.getLookup(), parsed.getIdsList(), parsed.getKeysList(), Conditions.of(parsed));
  }
}
