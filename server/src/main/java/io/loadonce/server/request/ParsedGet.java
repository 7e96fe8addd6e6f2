package io.loadonce.server.request;

import com.google.protobuf.InvalidProtocolBufferException;
import io.loadonce.v1.GetRequest;
import java.util.List;

/**
 * The request of a Get.
 *
 * @param lookup the name of the lookup, empty if the request has none
 * @param id empty if the request has none
 * @param key the parts of a key of several columns, empty if the request has none
 */
record ParsedGet(String lookup, String id, List<String> key, Conditions conditions) {

  /** A request that has an id and perhaps a lookup, and nothing else. */
  ParsedGet(String lookup, String id) {
    this(lookup, id, List.of(), Conditions.NONE);
  }

  /** Reads a {@code GetRequest}. */
  static ParsedGet of(byte[] request) throws InvalidProtocolBufferException {
    int idEnd = PlainText.end(request, GetRequest.ID_FIELD_NUMBER, 0);
    if (idEnd == request.length) {
      return new ParsedGet("", PlainText.text(request, 0, idEnd));
    }
    int lookupEnd = idEnd < 0 ? -1 : PlainText.end(request, GetRequest.LOOKUP_FIELD_NUMBER, idEnd);
    if (lookupEnd == request.length) {
      return new ParsedGet(
          PlainText.text(request, idEnd, lookupEnd), PlainText.text(request, 0, idEnd));
    }
    GetRequest parsed = GetRequest.parseFrom(request);
    return new ParsedGet(
        parsed.getLookup(), parsed.getId(), parsed.getKeyList(), Conditions.of(parsed));
  }
}
