package io.loadonce.db.form;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a composite value as PostgreSQL writes it, such as {@code (7,"a b",)}, as an object. Not
 * safe for use by many threads.
 */
final class PostgresRecord {

  /** An attribute of a composite type. */
  record Attribute(String name, TextForm form) {}

  private final String text;

  /** On the parenthesis or the comma before the next attribute. */
  private int at;

  private PostgresRecord(String text) {
    this.text = text;
  }

  static TextForm of(List<Attribute> attributes) {
    return text -> new PostgresRecord(text).struct(attributes);
  }

  private Value struct(List<Attribute> attributes) throws UnreadableValueException {
    Struct.Builder struct = Struct.newBuilder();
    for (Attribute attribute : attributes) {
      String value = next();
      struct.putFields(
          attribute.name(), value == null ? JsonValues.NULL : attribute.form().read(value));
    }
    // A type without attributes is "()".
    if (at + (attributes.isEmpty() ? 2 : 1) != text.length()) {
      throw new UnreadableValueException.TypeChanged();
    }
    return JsonValues.struct(struct);
  }

  /** Returns the text of the next attribute; no text at all is NULL. */
  private @Nullable String next() throws UnreadableValueException {
    if (text.charAt(at) == ')') {
      throw new UnreadableValueException.TypeChanged();
    }
    StringBuilder value = new StringBuilder();
    boolean isQuoted = false;
    int start = ++at;
    for (; isQuoted || (text.charAt(at) != ',' && text.charAt(at) != ')'); at++) {
      char next = text.charAt(at);
      if (next == '\\' || (next == '"' && isQuoted && text.charAt(at + 1) == '"')) {
        value.append(text.charAt(++at));
      } else if (next == '"') {
        isQuoted = !isQuoted;
      } else {
        value.append(next);
      }
    }
    return at == start ? null : value.toString();
  }
}
