package io.loadonce.commands.text;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Values;
import io.loadonce.client.GetResult;
import io.loadonce.client.RowKey;
import io.loadonce.v1.LookupInfo.Source;
import java.time.Duration;

/** A row or a list of rows, and where it came from, as one JSON object on one line. */
public final class RowJson {

  private static final String SOURCE_PREFIX = "SOURCE_";

  private RowJson() {}

  /**
   * {@code {"id":…,"version":…,"data":{…},"source":…,"age":…}}, in this order; {@code "key":[…]} in
   * place of the id if the key has several columns.
   */
  public static String line(GetResult.Found row) {
    return line(row.key(), row.version(), "data", Values.of(row.data()), row.source(), row.age());
  }

  /** As a row, but with {@code "rows":[{…},…]} in place of the data. */
  public static String line(GetResult.FoundList list) {
    Value rows = Values.of(list.rows().stream().map(Values::of).toList());
    return line(list.key(), list.version(), "rows", rows, list.source(), list.age());
  }

  private static String line(
      RowKey key, long version, String contentName, Value content, Source source, Duration age) {
    Struct.Builder object = Struct.newBuilder();
    if (key.parts().size() == 1) {
      object.putFields("id", Values.of(key.text()));
    } else {
      object.putFields("key", Values.of(key.parts().stream().map(Values::of).toList()));
    }
    return JsonLine.of(
        object
            .putFields("version", Values.of(Long.toString(version)))
            .putFields(contentName, content)
            .putFields("source", Values.of(source(source)))
            .putFields("age", Values.of(seconds(age)))
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
