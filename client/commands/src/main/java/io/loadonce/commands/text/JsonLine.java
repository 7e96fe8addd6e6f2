package io.loadonce.commands.text;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.util.stream.Collectors;

/**
 * An object as JSON on one line, as protobuf writes it, except that whole numbers are written
 * without a fraction. A {@code Struct} has only doubles, so protobuf would write 2138551 as
 * 2138551.0.
 */
public final class JsonLine {

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  /** Above it, a double no longer represents each whole number. */
  private static final double LARGEST_WHOLE = 1L << 53;

  private JsonLine() {}

  /**
   * Writes the fields in their order.
   *
   * @throws IllegalArgumentException if a number is infinite or not a number
   */
  public static String of(Struct object) {
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
      throw new IllegalArgumentException("JSON cannot represent the value", e);
    }
  }
}
