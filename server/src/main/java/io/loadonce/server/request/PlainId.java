package io.loadonce.server.request;

import com.google.protobuf.WireFormat;
import java.nio.charset.StandardCharsets;

/**
 * Reads an id in the form that nearly all requests have: in field 1, at most 127 bytes, ASCII. It
 * is read without the objects that the generated parser allocates.
 */
final class PlainId {

  /** One byte for the tag and one for the length. */
  private static final int HEAD_BYTES = 2;

  private static final byte TAG = (1 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private PlainId() {}

  /** Returns where the id that begins at {@code start} ends; -1 if it is in another form. */
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

  /** Returns the id between {@code start} and its {@link #end}. */
  static String text(byte[] request, int start, int end) {
    int first = start + HEAD_BYTES;
    return new String(request, first, end - first, StandardCharsets.ISO_8859_1);
  }
}
