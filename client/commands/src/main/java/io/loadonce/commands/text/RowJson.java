package io.loadonce.commands.text;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Values;
import io.loadonce.client.GetResult;
import io.loadonce.v1.LookupInfo.Source;
import java.time.Duration;

/** A row, and where it came from, as one JSON object on one line. */
public final class RowJson {

  private static final String SOURCE_PREFIX = "SOURCE_";

  private RowJson() {}

  /** {@code {"id":…,"version":…,"data":{…},"source":…,"age":…}}, in this order. */
  public static String line(GetResult.Found row) {
    return JsonLine.of(
        Struct.newBuilder()
            .putFields("id", Values.of(row.id()))
            .putFields("version", Values.of(Long.toString(row.version())))
            .putFields("data", Value.newBuilder().setStructValue(row.data()).build())
            .putFields("source", Values.of(source(row.source())))
            .putFields("age", Values.of(seconds(row.age())))
            .build());
  }

  /** The word without the prefix of the contract: MEMORY, LOADED, JOINED, STALE. */
  public static String source(Source source) {
    return source == Source.UNRECOGNIZED
        ? "UNRECOGNIZED"
        : source.name().substring(SOURCE_PREFIX.length());
  }

  /** As protobuf writes a duration in JSON, such as {@code 0.012s}. */
  private static String seconds(Duration duration) {
    return Durations.toString(
        com.google.protobuf.Duration.newBuilder()
            .setSeconds(duration.getSeconds())
            .setNanos(duration.getNano())
            .build());
  }
}
