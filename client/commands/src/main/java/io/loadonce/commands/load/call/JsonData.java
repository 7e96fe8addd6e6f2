package io.loadonce.commands.load.call;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** JSON of a message, with templates in its texts. */
final class JsonData {

  private static final Pattern PLACE = Pattern.compile("line \\d+ column \\d+");

  private JsonData() {}

  /**
   * Reads JSON, and checks the names of its fields.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  static JsonElement parse(String data, Descriptor type, boolean hasTemplates) {
    JsonElement json = json(data, hasTemplates);
    if (!json.isJsonObject() && !isOfItsOwn(type)) {
      throw new IllegalArgumentException(
          "--data is not a JSON object, such as {\"%s\": …}"
              .formatted(type.getFields().isEmpty() ? "" : names(type).getFirst()));
    }
    requireKnownFields(json, type);
    return json;
  }

  private static JsonElement json(String data, boolean hasTemplates) {
    JsonReader reader = reader(data);
    try {
      JsonElement json = JsonParser.parseReader(reader);
      if (reader.peek() == JsonToken.END_DOCUMENT) {
        requireNamesOnce(reader(data));
        return json;
      }
      throw new JsonParseException("there is more after its end");
    } catch (JsonParseException | IOException e) {
      Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
      throw new IllegalArgumentException(
          "--data is not JSON%s%s"
              .formatted(
                  place.find() ? ", at " + place.group() : "",
                  hasTemplates ? "; a template stands in quotes, as in \"{{sequence}}\"" : ""),
          e);
    }
  }

  private static JsonReader reader(String data) {
    JsonReader reader = new JsonReader(new StringReader(data));
    reader.setStrictness(Strictness.STRICT);
    return reader;
  }

  /** Of two values with one name in one object, the parser would silently keep the last. */
  private static void requireNamesOnce(JsonReader reader) throws IOException {
    Deque<Set<String>> namesOfOpenObjects = new ArrayDeque<>();
    for (JsonToken next = reader.peek(); next != JsonToken.END_DOCUMENT; next = reader.peek()) {
      switch (next) {
        case BEGIN_OBJECT -> {
          reader.beginObject();
          namesOfOpenObjects.push(new HashSet<>());
        }
        case END_OBJECT -> {
          reader.endObject();
          namesOfOpenObjects.pop();
        }
        case NAME -> {
          if (!namesOfOpenObjects.element().add(reader.nextName())) {
            throw new IllegalArgumentException(
                "--data names %s twice; write it once".formatted(reader.getPath().substring(2)));
          }
        }
        case BEGIN_ARRAY -> reader.beginArray();
        case END_ARRAY -> reader.endArray();
        case STRING, NUMBER, BOOLEAN, NULL, END_DOCUMENT -> reader.skipValue();
      }
    }
  }

  private static void requireKnownFields(JsonElement json, Descriptor type) {
    if (!json.isJsonObject() || isOfItsOwn(type)) {
      return;
    }
    json.getAsJsonObject()
        .asMap()
        .forEach(
            (name, value) -> {
              FieldDescriptor field = field(type, name);
              if (field.isMapField()) {
                FieldDescriptor values = field.getMessageType().findFieldByNumber(2);
                if (value.isJsonObject() && isMessage(values)) {
                  value
                      .getAsJsonObject()
                      .asMap()
                      .values()
                      .forEach(each -> requireKnownFields(each, values.getMessageType()));
                }
              } else if (isMessage(field)) {
                (value.isJsonArray() ? value.getAsJsonArray().asList() : List.of(value))
                    .forEach(each -> requireKnownFields(each, field.getMessageType()));
              }
            });
  }

  /**
   * Finds a field by its name in JSON or in the {@code .proto} file.
   *
   * @throws IllegalArgumentException with one line that names those that there are
   */
  static FieldDescriptor field(Descriptor type, String name) {
    return type.getFields().stream()
        .filter(each -> each.getJsonName().equals(name) || each.getName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--data: %s has no field %s; it has %s"
                        .formatted(type.getFullName(), name, FileSet.names(names(type)))));
  }

  private static List<String> names(Descriptor type) {
    return type.getFields().stream().map(FieldDescriptor::getJsonName).toList();
  }

  private static boolean isMessage(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
  }

  /** Whether protobuf writes it in another way than as its fields, as a timestamp. */
  static boolean isOfItsOwn(Descriptor type) {
    return type.getFile().getPackage().equals("google.protobuf");
  }
}
