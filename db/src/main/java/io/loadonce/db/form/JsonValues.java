package io.loadonce.db.form;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.loadonce.db.source.SourceException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Java's values as JSON values, by the rules of protobuf's own JSON. */
final class JsonValues {

  static final Value NULL = Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
  private static final String NOT_JSON = "a JSON column is not JSON or is too deep";
  private static final Value TRUE = Value.newBuilder().setBoolValue(true).build();
  private static final Value FALSE = Value.newBuilder().setBoolValue(false).build();

  /**
   * How many messages deep a value may be. A parser of protobuf stops at 100 unless it is told
   * otherwise, and a reply is itself some deep.
   */
  private static final int MOST_LEVELS = 90;

  private JsonValues() {}

  static Value text(@Nullable String text) {
    return text == null ? NULL : Value.newBuilder().setStringValue(text).build();
  }

  static Value bool(boolean value) {
    return value ? TRUE : FALSE;
  }

  /**
   * JSON has no NaN and no infinity; they are {@code "NaN"}, {@code "Infinity"}, {@code
   * "-Infinity"}.
   */
  static Value number(double value) {
    return Double.isFinite(value)
        ? Value.newBuilder().setNumberValue(value).build()
        : text(Double.toString(value));
  }

  /** The double that is written as the float is: 0.1f is 0.1. */
  static Value number(float value) {
    return number(Double.parseDouble(Float.toString(value)));
  }

  static Value base64(byte @Nullable [] bytes) {
    return bytes == null ? NULL : text(Base64.getEncoder().encodeToString(bytes));
  }

  /**
   * A JSON document; its numbers become doubles.
   *
   * @throws SourceException if it is too deep or not JSON
   */
  static Value json(@Nullable String document) throws SourceException {
    if (document == null) {
      return NULL;
    }
    Value.Builder value = Value.newBuilder();
    try {
      JsonFormat.parser().merge(document, value);
    } catch (InvalidProtocolBufferException _) {
      throw new SourceException.InvalidRow(NOT_JSON);
    }
    Value built = value.build();
    if (levels(built) > MOST_LEVELS) {
      throw new SourceException.InvalidRow(NOT_JSON);
    }
    return built;
  }

  /** How many messages deep it is, itself among them. */
  private static int levels(Value value) {
    int below =
        switch (value.getKindCase()) {
          case LIST_VALUE -> 1 + deepest(value.getListValue().getValuesList());
          // Its fields are entries of a map, and those are messages too.
          case STRUCT_VALUE -> 2 + deepest(value.getStructValue().getFieldsMap().values());
          case NULL_VALUE, NUMBER_VALUE, STRING_VALUE, BOOL_VALUE, KIND_NOT_SET -> 0;
        };
    return 1 + below;
  }

  private static int deepest(Collection<Value> values) {
    return values.stream().mapToInt(JsonValues::levels).max().orElse(0);
  }

  /**
   * An element of an SQL array.
   *
   * @throws SourceException if its type is not a simple one
   */
  static Value element(@Nullable Object element) throws SourceException {
    return switch (element) {
      case null -> NULL;
      case String text -> text(text);
      case Boolean bool -> bool(bool);
      case Byte number -> number(number.doubleValue());
      case Short number -> number(number.doubleValue());
      case Integer number -> number(number.doubleValue());
      case Float number -> number(number.floatValue());
      case Double number -> number(number.doubleValue());
      case Long number -> text(number.toString());
      case BigInteger number -> text(number.toString());
      case BigDecimal number -> text(number.toString());
      case UUID uuid -> text(uuid.toString());
      case Object[] elements -> list(elements);
      default ->
          throw new SourceException.InvalidRow(
              "an array column has elements without a mapping; cast it in the query, such as to"
                  + " text[]");
    };
  }

  private static Value list(Object[] elements) throws SourceException {
    ListValue.Builder list = ListValue.newBuilder();
    for (Object element : elements) {
      list.addValues(element(element));
    }
    return Value.newBuilder().setListValue(list).build();
  }
}
