package io.loadonce.server.request;

import com.google.protobuf.InvalidProtocolBufferException;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.v1.GetRequest;

/**
 * What a Get asks for.
 *
 * @param minVersion {@link LoadOnce#ANY_VERSION} if none is asked for
 */
record ParsedGet(String id, long minVersion) {

  /** Reads a {@code GetRequest}. */
  static ParsedGet of(byte[] request) throws InvalidProtocolBufferException {
    int end = PlainId.end(request, 0);
    if (end == request.length) {
      return new ParsedGet(PlainId.text(request, 0, end), LoadOnce.ANY_VERSION);
    }
    GetRequest parsed = GetRequest.parseFrom(request);
    return new ParsedGet(
        parsed.getId(), parsed.hasMinVersion() ? parsed.getMinVersion() : LoadOnce.ANY_VERSION);
  }
}
