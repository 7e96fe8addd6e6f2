package io.loadonce.server.request;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Duration;
import com.google.protobuf.WireFormat;
import io.loadonce.db.lookup.Rows;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A {@code GetResponse} of a row that is encoded already: the bytes of the row, followed by a few
 * bytes of {@code info}. It is also a {@code BatchGetResult}, which has the same two fields under
 * the same numbers.
 */
final class GetReply implements WireMessage {

  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int BUFFER_BYTES = 48;

  private final EncodedRow resource;
  private final int source;

  /** Seconds, nanoseconds or an age of zero are left out, as proto3 does. */
  private final long ageSeconds;

  private final int ageNanos;
  private final int ageBytes;
  private final int infoBytes;
  private final int sizeBytes;

  private GetReply(EncodedRow resource, LookupInfo.Source source, long ageNanos) {
    this.resource = resource;
    this.source = source.getNumber();
    this.ageSeconds = ageNanos / NANOS_PER_SECOND;
    this.ageNanos = (int) (ageNanos % NANOS_PER_SECOND);
    this.ageBytes =
        (ageSeconds == 0
                ? 0
                : CodedOutputStream.computeInt64Size(Duration.SECONDS_FIELD_NUMBER, ageSeconds))
            + (this.ageNanos == 0
                ? 0
                : CodedOutputStream.computeInt32Size(Duration.NANOS_FIELD_NUMBER, this.ageNanos));
    this.infoBytes =
        CodedOutputStream.computeEnumSize(LookupInfo.SOURCE_FIELD_NUMBER, this.source)
            + (ageBytes == 0 ? 0 : embeddedBytes(LookupInfo.AGE_FIELD_NUMBER, ageBytes));
    this.sizeBytes =
        embeddedBytes(GetResponse.RESOURCE_FIELD_NUMBER, resource.sizeBytes())
            + embeddedBytes(GetResponse.INFO_FIELD_NUMBER, infoBytes);
  }

  /** Returns the reply, or null for an outcome that is a status. */
  static @Nullable GetReply of(Target.Row row, Outcome<EncodedRow> outcome) {
    return switch (outcome) {
      case Outcome.Found<EncodedRow> found ->
          new GetReply(found.value(), source(found.origin()), found.ageNanos());
      case Outcome.Missing<EncodedRow> none when row.lookup().settings().rows() == Rows.MANY ->
          new GetReply(EncodedRow.emptyList(row.id()), source(none.origin()), none.ageNanos());
      case Outcome.Missing<EncodedRow> _,
          Outcome.Outdated<EncodedRow> _,
          Outcome.Refused<EncodedRow> _,
          Outcome.TimedOut<EncodedRow> _,
          Outcome.NotLoaded<EncodedRow> _,
          Outcome.Failed<EncodedRow> _ ->
          null;
    };
  }

  @Override
  public int sizeBytes() {
    return sizeBytes;
  }

  /** Only the bytes around the row need a buffer; a long row is written without one. */
  @Override
  public int bufferBytes() {
    return BUFFER_BYTES;
  }

  @Override
  public void writeTo(CodedOutputStream out) throws IOException {
    resource.writeTo(out, GetResponse.RESOURCE_FIELD_NUMBER);
    writeHead(out, GetResponse.INFO_FIELD_NUMBER, infoBytes);
    out.writeEnum(LookupInfo.SOURCE_FIELD_NUMBER, source);
    if (ageBytes != 0) {
      writeHead(out, LookupInfo.AGE_FIELD_NUMBER, ageBytes);
    }
    if (ageSeconds != 0) {
      out.writeInt64(Duration.SECONDS_FIELD_NUMBER, ageSeconds);
    }
    if (ageNanos != 0) {
      out.writeInt32(Duration.NANOS_FIELD_NUMBER, ageNanos);
    }
  }

  /** Returns the size of a message as a field, including its tag and its length. */
  static int embeddedBytes(int field, int contentBytes) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt32SizeNoTag(contentBytes)
        + contentBytes;
  }

  /** Writes the tag and the length of a message; the caller writes its content next. */
  static void writeHead(CodedOutputStream out, int field, int contentBytes) throws IOException {
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(contentBytes);
  }

  private static LookupInfo.Source source(Outcome.Origin origin) {
    return switch (origin) {
      case MEMORY -> LookupInfo.Source.SOURCE_MEMORY;
      case SHARED -> LookupInfo.Source.SOURCE_SHARED;
      case LOADED -> LookupInfo.Source.SOURCE_LOADED;
      case JOINED -> LookupInfo.Source.SOURCE_JOINED;
      case STALE -> LookupInfo.Source.SOURCE_STALE;
    };
  }
}
