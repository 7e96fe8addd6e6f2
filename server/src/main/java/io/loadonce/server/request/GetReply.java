package io.loadonce.server.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.loadonce.server.load.Outcome;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;

/**
 * A {@code GetResponse} of a row that is encoded already: its bytes, and a few bytes of {@code
 * info} behind them. Since {@code BatchGetResult} has the same two fields under the same numbers,
 * it is that as well.
 */
final class GetReply implements WireMessage {

  private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

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
        (seconds == 0 ? 0 : CodedOutputStream.computeInt64Size(1, seconds))
            + (nanos == 0 ? 0 : CodedOutputStream.computeInt32Size(2, nanos));
    int infoBytes =
        CodedOutputStream.computeEnumSize(LookupInfo.SOURCE_FIELD_NUMBER, source.getNumber())
            + (ageBytes == 0 ? 0 : 2 + ageBytes);
    byte[] field = new byte[2 + infoBytes];
    CodedOutputStream out = CodedOutputStream.newInstance(field);
    try {
      writeHead(out, GetResponse.INFO_FIELD_NUMBER, infoBytes);
      out.writeEnum(LookupInfo.SOURCE_FIELD_NUMBER, source.getNumber());
      if (ageBytes != 0) {
        writeHead(out, LookupInfo.AGE_FIELD_NUMBER, ageBytes);
      }
      if (seconds != 0) {
        out.writeInt64(1, seconds);
      }
      if (nanos != 0) {
        out.writeInt32(2, nanos);
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("an array is never full too early", e);
    }
    return field;
  }

  private static void writeHead(CodedOutputStream out, int field, int bytes) throws IOException {
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(bytes);
  }
}
