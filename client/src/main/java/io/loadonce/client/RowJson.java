package io.loadonce.client;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Values;
import io.loadonce.v1.LookupInfo;
import io.loadonce.v1.Resource;

/** A row and how it came as one JSON object on one line. */
final class RowJson {

  private static final String SOURCE_PREFIX = "SOURCE_";

  private RowJson() {}

  /** {@code {"id":…,"version":…,"data":{…},"source":…,"age":…}}, in this order. */
  static String line(Resource row, LookupInfo info) {
    return JsonLine.of(
        Struct.newBuilder()
            .putFields("id", Values.of(row.getId()))
            .putFields("version", Values.of(Long.toString(row.getVersion())))
            .putFields("data", Value.newBuilder().setStructValue(row.getData()).build())
            .putFields("source", Values.of(source(info.getSource())))
            .putFields("age", Values.of(Durations.toString(info.getAge())))
            .build());
  }

  /** The word for people: MEMORY, LOADED, JOINED, STALE. */
  static String source(LookupInfo.Source source) {
    return source == LookupInfo.Source.UNRECOGNIZED
        ? "UNRECOGNIZED"
        : source.name().substring(SOURCE_PREFIX.length());
  }
}
