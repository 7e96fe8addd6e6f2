package io.loadonce.server.tier;

import io.loadonce.server.lookup.EncodedRow;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A row or a "not found" as Redis holds it. The scripts read the head by the places of its
 * characters:
 *
 * <pre>
 *    1       V                                 written by land.lua
 *    2..13   the epoch                         written by land.lua
 *   14..29   the version, 16 digits: the order of the texts is that of the numbers
 *   30..41   the whole time to live in ms
 *   42       R for a row, N for "not found"
 *   43..50   a checksum of all that follows, of the kind, the version and the id
 *   51..     the encoded row
 * </pre>
 *
 * <p>The age of a row is its whole time to live without the time that Redis still keeps it, so that
 * no clock of an instance matters.
 *
 * @param row null for a "not found"
 * @param version of the row
 * @param wholeMillis the whole time to live
 */
record TierValue(@Nullable EncodedRow row, long version, long wholeMillis) {

  /** What is written by land.lua. */
  private static final int SCRIPT_HEAD = 1 + Token.LENGTH;

  private static final int VERSION_DIGITS = 16;
  private static final int WHOLE_DIGITS = 12;
  private static final int CHECKSUM_DIGITS = 8;
  private static final int HEAD = VERSION_DIGITS + WHOLE_DIGITS + 1 + CHECKSUM_DIGITS;

  /** Returns the version as text, so that scripts can compare it. */
  static String versionText(long version) {
    return HexFormat.of().toHexDigits(version ^ Long.MIN_VALUE);
  }

  /** Encodes all but the kind and the epoch, which land.lua puts before it. */
  byte[] encode(String id) {
    byte[] bytes = row == null ? new byte[0] : row.bytes().toByteArray();
    String head =
        versionText(row == null ? Long.MIN_VALUE : version)
            + "%012d".formatted(wholeMillis)
            + (row == null ? 'N' : 'R');
    String checksum = checksum(head, id, bytes, 0);
    byte[] value =
        Arrays.copyOf((head + checksum).getBytes(StandardCharsets.US_ASCII), HEAD + bytes.length);
    System.arraycopy(bytes, 0, value, HEAD, bytes.length);
    return value;
  }

  /** Decodes a whole value as Redis holds it; null if it is not one of this id. */
  static @Nullable TierValue decode(String id, byte[] value) {
    int start = SCRIPT_HEAD + HEAD;
    if (value.length < start || value[0] != 'V') {
      return null;
    }
    String head = new String(value, SCRIPT_HEAD, HEAD, StandardCharsets.ISO_8859_1);
    String checked = head.substring(0, HEAD - CHECKSUM_DIGITS);
    if (!head.endsWith(checksum(checked, id, value, start))) {
      return null;
    }
    long version = HexFormat.fromHexDigitsToLong(head, 0, VERSION_DIGITS) ^ Long.MIN_VALUE;
    long whole = Long.parseLong(head, VERSION_DIGITS, VERSION_DIGITS + WHOLE_DIGITS, 10);
    if (checked.endsWith("N")) {
      return new TierValue(/* row= */ null, /* version= */ 0, whole);
    }
    byte[] bytes = Arrays.copyOfRange(value, start, value.length);
    return new TierValue(EncodedRow.copyOf(bytes), version, whole);
  }

  private static String checksum(String head, String id, byte[] bytes, int from) {
    CRC32C crc = new CRC32C();
    crc.update((head + id).getBytes(StandardCharsets.UTF_8));
    crc.update(bytes, from, bytes.length - from);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
