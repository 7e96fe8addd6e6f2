package io.loadonce.server.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Duration;
import com.google.protobuf.WireFormat;
import io.loadonce.server.load.Outcome;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A {@code GetResponse} of a row that is encoded already: its bytes, and a few bytes of {@code
 * info} behind them. Since {@code BatchGetResult} has the same two fields under the same numbers,
 * it is that as well.
 */
final class GetReply implements WireMessage {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private static final byte INFO_TAG =
      tag(GetResponse.INFO_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final byte SOURCE_TAG =
      tag(LookupInfo.SOURCE_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final byte AGE_TAG =
      tag(LookupInfo.AGE_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final byte SECONDS_TAG =
      tag(Duration.SECONDS_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final byte NANOS_TAG =
      tag(Duration.NANOS_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);

  private final ByteString resource;

  /** Field 2 with its tag and its length. */
  private final byte[] info;

  private GetReply(ByteString resource, byte[] info) {
    this.resource = resource;
    this.info = info;
  }

  static GetReply of(Outcome.Found<EncodedResource> found) {
    return new GetReply(found.value().bytes(), info(source(found.origin()), found.ageNanos()));
  }

  @Override
  public int sizeBytes() {
    return WireMessage.firstFieldHeadBytes(resource.size()) + resource.size() + info.length;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    WireMessage.writeFirstField(out, resource.size());
    resource.writeTo(out);
    out.write(info);
  }

  private static LookupInfo.Source source(Outcome.Origin origin) {
    return switch (origin) {
      case MEMORY -> LookupInfo.Source.SOURCE_MEMORY;
      case LOADED -> LookupInfo.Source.SOURCE_LOADED;
      case JOINED -> LookupInfo.Source.SOURCE_JOINED;
      case STALE -> LookupInfo.Source.SOURCE_STALE;
    };
  }

  /** Zero seconds, zero nanoseconds and an age of zero are absent, as proto3 has it. */
  private static byte[] info(LookupInfo.Source source, long ageNanos) {
    long seconds = ageNanos / NANOS_PER_SECOND;
    int nanos = (int) (ageNanos % NANOS_PER_SECOND);
    int ageBytes =
        (seconds == 0 ? 0 : 1 + varintBytes(seconds)) + (nanos == 0 ? 0 : 1 + varintBytes(nanos));
    int infoBytes = 2 + (ageBytes == 0 ? 0 : 2 + ageBytes);
    byte[] field = new byte[2 + infoBytes];
    int at = put(field, 0, INFO_TAG, infoBytes);
    at = put(field, at, SOURCE_TAG, source.getNumber());
    if (ageBytes != 0) {
      at = put(field, at, AGE_TAG, ageBytes);
    }
    if (seconds != 0) {
      at = put(field, at, SECONDS_TAG, seconds);
    }
    if (nanos != 0) {
      put(field, at, NANOS_TAG, nanos);
    }
    return field;
  }

  private static byte tag(int field, int wireType) {
    return (byte) ((field << 3) | wireType);
  }

  private static int varintBytes(long value) {
    return CodedOutputStream.computeUInt64SizeNoTag(value);
  }

  /** Writes a tag and a varint; returns where they end. */
  private static int put(byte[] field, int start, byte tag, long value) {
    int at = start;
    field[at++] = tag;
    long rest = value;
    for (; (rest & ~0x7FL) != 0; rest >>>= 7) {
      field[at++] = (byte) ((rest & 0x7F) | 0x80);
    }
    field[at++] = (byte) rest;
    return at;
  }
}
