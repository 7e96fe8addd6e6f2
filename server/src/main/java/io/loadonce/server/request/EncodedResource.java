package io.loadonce.server.request;

import com.google.protobuf.ByteString;
import io.loadonce.db.Resource;

/**
 * A row as it is kept in memory: the encoded bytes of a {@code loadonce.v1.Resource}. Encoded once,
 * when the row is read, and copied to the wire from then on. Immutable.
 */
public record EncodedResource(ByteString bytes) {

  /** Encodes a row. Never blocks. */
  public static EncodedResource of(Resource row) {
    return new EncodedResource(
        io.loadonce.v1.Resource.newBuilder()
            .setId(row.id().text())
            .setVersion(row.version())
            .setData(row.data())
            .build()
            .toByteString());
  }

  /** What it costs in memory, apart from the entry around it. */
  public int sizeBytes() {
    return bytes.size();
  }
}
