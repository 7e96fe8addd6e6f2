package io.loadonce.db.form;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;

/**
 * Reads an array as PostgreSQL and its driver write it, such as <code>{1,NULL,"a b"}</code> or
 * <code>[0:1]={{1,2},{3,4}}</code>. The lower bounds are left out. Not safe for use by many
 * threads.
 */
final class PostgresArray {

  private final String text;
  private final char delimiter;
  private final TextForm elements;
  private int at;

  private PostgresArray(String text, char delimiter, TextForm elements) {
    this.text = text;
    this.delimiter = delimiter;
    this.elements = elements;
    this.at = text.indexOf('{');
  }

  /** How an array with these elements becomes a list. */
  static TextForm of(char delimiter, TextForm elements) {
    return text -> new PostgresArray(text, delimiter, elements).list();
  }

  /** From an opening brace to behind its closing one. */
  private Value list() throws UnreadableValueException {
    ListValue.Builder list = ListValue.newBuilder();
    at++;
    while (text.charAt(at) != '}') {
      list.addValues(element());
      if (text.charAt(at) == delimiter) {
        at++;
      }
    }
    at++;
    return JsonValues.list(list);
  }

  private Value element() throws UnreadableValueException {
    return switch (text.charAt(at)) {
      case '{' -> list();
      case '"' -> elements.read(quoted());
      default -> unquoted();
    };
  }

  private Value unquoted() throws UnreadableValueException {
    int start = at;
    while (text.charAt(at) != delimiter && text.charAt(at) != '}') {
      at++;
    }
    String element = text.substring(start, at);
    return element.equals("NULL") ? JsonValues.NULL : elements.read(element);
  }

  private String quoted() {
    StringBuilder element = new StringBuilder();
    for (at++; text.charAt(at) != '"'; at++) {
      if (text.charAt(at) == '\\') {
        at++;
      }
      element.append(text.charAt(at));
    }
    at++;
    return element.toString();
  }
}
