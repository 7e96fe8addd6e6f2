package io.loadonce.server.request;

import com.google.protobuf.WireFormat;
import java.nio.charset.StandardCharsets;

/**
 * An id as nearly all requests bring it: as field 1, short, in ASCII. Such a one is read without
 * the objects that the generated parser makes on its way.
 */
final class PlainId {

  /** The tag and the length. */
  private static final int HEAD_BYTES = 2;

  private static final byte TAG = (1 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private PlainId() {}

  /** Where the id that begins at {@code start} ends in the request; -1 if it is not a plain one. */
  static int end(byte[] request, int start) {
    int first = start + HEAD_BYTES;
    if (first > request.length || request[start] != TAG) {
      return -1;
    }
    // A length of more than one byte is negative here.
    int end = first + request[start + 1];
    if (end < first || end > request.length) {
      return -1;
    }
    for (int i = first; i < end; i++) {
      if (request[i] < 0) {
        return -1;
      }
    }
    return end;
  }

  /** The id from {@code start} to its {@link #end}. */
  static String text(byte[] request, int start, int end) {
    int first = start + HEAD_BYTES;
    return new String(request, first, end - first, StandardCharsets.ISO_8859_1);
  }
}
