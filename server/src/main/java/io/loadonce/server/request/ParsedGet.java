package io.loadonce.server.request;

import com.google.protobuf.InvalidProtocolBufferException;
import io.loadonce.server.load.Freshness;
import io.loadonce.v1.GetRequest;

/**
 * The request of a Get.
 *
 * @param minVersion {@link Freshness#ANY_VERSION} if the request has none
 */
record ParsedGet(String id, long minVersion) {

  /** Reads a {@code GetRequest}. */
  static ParsedGet of(byte[] request) throws InvalidProtocolBufferException {
    int end = PlainId.end(request, 0);
    if (end == request.length) {
      return new ParsedGet(PlainId.text(request, 0, end), Freshness.ANY_VERSION);
    }
    GetRequest parsed = GetRequest.parseFrom(request);
    return new ParsedGet(
        parsed.getId(), parsed.hasMinVersion() ? parsed.getMinVersion() : Freshness.ANY_VERSION);
  }
}
