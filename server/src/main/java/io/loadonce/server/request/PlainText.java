package io.loadonce.server.request;

import com.google.protobuf.WireFormat;
import java.nio.charset.StandardCharsets;

/**
 * Reads a text field in the form that nearly all requests have: at most 127 bytes, ASCII. It is
 * read without the objects that the generated parser allocates.
 */
final class PlainText {

  /** One byte for the tag and one for the length. */
  private static final int HEAD_BYTES = 2;

  private PlainText() {}

  /**
   * Returns where the text that begins at {@code start} ends; -1 if another field begins there, or
   * the text is in another form.
   *
   * @param field its number, 1 to 15
   * @param start 0 or more; it may be the end of the request
   */
  static int end(byte[] request, int field, int start) {
    int first = start + HEAD_BYTES;
    if (first > request.length || request[start] != tag(field)) {
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

  /** Returns the text between {@code start} and its {@link #end}. */
  static String text(byte[] request, int start, int end) {
    int first = start + HEAD_BYTES;
    return new String(request, first, end - first, StandardCharsets.ISO_8859_1);
  }

  private static int tag(int field) {
    return (field << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }
}
