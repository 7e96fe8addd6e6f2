package io.loadonce.db.form;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;

/**
 * Reads the JSON documents of a database. A number that would be another number as a 64-bit
 * floating-point number is a string of its digits.
 */
final class JsonDocument {

  /**
   * How many messages deep a value may be. A parser of protobuf stops at 100 unless it is told
   * otherwise, and a reply is itself some deep.
   */
  private static final int MOST_LEVELS = 90;

  private static final int LEVELS_OF_LIST = 2;

  /** The fields of a struct are entries of a map, and those are messages too. */
  private static final int LEVELS_OF_STRUCT = 3;

  /** Any decimal number of so many characters is the same number as a double. */
  private static final int EXACT_LENGTH = 15;

  private JsonDocument() {}

  /**
   * @throws UnreadableValueException if it is nested too deeply or not JSON
   */
  static Value read(String document) throws UnreadableValueException {
    try (JsonReader reader = new JsonReader(new StringReader(document))) {
      // The database has checked it. A strict reader rejects a number of more than 1,024 digits.
      reader.setStrictness(Strictness.LENIENT);
      Value value = value(reader, MOST_LEVELS);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new UnreadableValueException("it is not JSON");
      }
      return value;
    } catch (IOException | IllegalStateException _) {
      throw new UnreadableValueException("it is not JSON");
    }
  }

  private static Value value(JsonReader reader, int levels)
      throws IOException, UnreadableValueException {
    return switch (reader.peek()) {
      case STRING -> JsonValues.unicode(reader.nextString());
      case NUMBER -> number(reader.nextString());
      case BOOLEAN -> JsonValues.bool(reader.nextBoolean());
      case BEGIN_OBJECT -> struct(reader, below(levels, LEVELS_OF_STRUCT));
      case BEGIN_ARRAY -> list(reader, below(levels, LEVELS_OF_LIST));
      case NULL -> {
        reader.nextNull();
        yield JsonValues.NULL;
      }
      case NAME, END_OBJECT, END_ARRAY, END_DOCUMENT ->
          throw new UnreadableValueException("it is not JSON");
    };
  }

  private static Value struct(JsonReader reader, int levels)
      throws IOException, UnreadableValueException {
    Struct.Builder struct = Struct.newBuilder();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = JsonValues.wellFormed(reader.nextName());
      struct.putFields(name, value(reader, levels));
    }
    reader.endObject();
    return JsonValues.struct(struct);
  }

  private static Value list(JsonReader reader, int levels)
      throws IOException, UnreadableValueException {
    ListValue.Builder list = ListValue.newBuilder();
    reader.beginArray();
    while (reader.hasNext()) {
      list.addValues(value(reader, levels));
    }
    reader.endArray();
    return JsonValues.list(list);
  }

  private static int below(int levels, int taken) throws UnreadableValueException {
    if (levels <= taken) {
      throw new UnreadableValueException(
          "it is nested too deeply; a protobuf parser reads 44 lists or 29 objects in each other");
    }
    return levels - taken;
  }

  static Value number(String literal) {
    double value = Double.parseDouble(literal);
    return isExact(literal, value) ? JsonValues.number(value) : JsonValues.text(literal);
  }

  /** Whether the shortest text of the double, which JSON writers write, is the same number. */
  private static boolean isExact(String literal, double value) {
    if (literal.length() <= EXACT_LENGTH && literal.indexOf('e') < 0 && literal.indexOf('E') < 0) {
      return true;
    }
    if (!Double.isFinite(value)) {
      return false;
    }
    try {
      return new BigDecimal(literal).compareTo(new BigDecimal(Double.toString(value))) == 0;
    } catch (NumberFormatException _) {
      // Its exponent is larger than an int.
      return false;
    }
  }
}
