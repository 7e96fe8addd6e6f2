package io.loadonce.db.form;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.math.BigDecimal;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Java's values as JSON values, by the rules of protobuf's own JSON. */
final class JsonValues {

  static final Value NULL = Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
  private static final Value TRUE = Value.newBuilder().setBoolValue(true).build();
  private static final Value FALSE = Value.newBuilder().setBoolValue(false).build();

  /** PostgreSQL's numeric has at most so many digits on either side of its point. */
  private static final int MOST_DIGITS = 131_072;

  private static final int REPLACEMENT = 0xFFFD;

  private JsonValues() {}

  static Value text(@Nullable String text) {
    return text == null ? NULL : Value.newBuilder().setStringValue(text).build();
  }

  /** Puts U+FFFD in the place of each unpaired surrogate, which is not Unicode. */
  static Value unicode(@Nullable String text) {
    return text == null ? NULL : text(wellFormed(text));
  }

  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return text.codePoints()
            .map(point -> isUnpaired(point) ? REPLACEMENT : point)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
    }
    return text;
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

  /**
   * A decimal number as a string without an exponent, with all its digits.
   *
   * @param number as Java or a database writes it; also NaN and the infinities
   */
  static Value decimal(String number) throws UnreadableValueException {
    boolean hasExponent = number.indexOf('E') >= 0 || number.indexOf('e') >= 0;
    return hasExponent ? decimal(new BigDecimal(number)) : text(number);
  }

  static Value decimal(BigDecimal number) throws UnreadableValueException {
    if (Math.abs((long) number.scale()) > MOST_DIGITS) {
      throw new UnreadableValueException("the number has too many digits");
    }
    return text(number.toPlainString());
  }

  static Value base64(byte @Nullable [] bytes) {
    return bytes == null ? NULL : text(Base64.getEncoder().encodeToString(bytes));
  }

  static Value list(ListValue.Builder elements) {
    return Value.newBuilder().setListValue(elements).build();
  }

  static Value struct(Struct.Builder fields) {
    return Value.newBuilder().setStructValue(fields).build();
  }

  private static boolean isUnpaired(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
