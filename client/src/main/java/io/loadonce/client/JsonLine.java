package io.loadonce.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.util.stream.Collectors;

/**
 * An object as JSON on one line, as protobuf writes it, but that whole numbers stay whole: a {@code
 * Struct} knows only doubles, and protobuf would make 2138551 a 2138551.0.
 */
final class JsonLine {

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  /** Beyond it a double does not tell neighbours apart, so it is no whole number any more. */
  private static final double LARGEST_WHOLE = 1L << 53;

  private JsonLine() {}

  /**
   * The fields in their order.
   *
   * @throws IllegalArgumentException if a number is infinite or not a number
   */
  static String of(Struct object) {
    return object.getFieldsMap().entrySet().stream()
        .map(field -> quoted(field.getKey()) + ":" + of(field.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String of(Value value) {
    return switch (value.getKindCase()) {
      case STRUCT_VALUE -> of(value.getStructValue());
      case LIST_VALUE ->
          value.getListValue().getValuesList().stream()
              .map(JsonLine::of)
              .collect(Collectors.joining(",", "[", "]"));
      case NUMBER_VALUE -> number(value);
      case STRING_VALUE -> quoted(value.getStringValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case NULL_VALUE, KIND_NOT_SET -> "null";
    };
  }

  private static String number(Value value) {
    double number = value.getNumberValue();
    return number == Math.rint(number) && Math.abs(number) <= LARGEST_WHOLE
        ? Long.toString((long) number)
        : printed(value);
  }

  private static String quoted(String text) {
    return printed(Value.newBuilder().setStringValue(text).build());
  }

  private static String printed(Value value) {
    try {
      return PRINTER.print(value);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a value has no form in JSON", e);
    }
  }
}
