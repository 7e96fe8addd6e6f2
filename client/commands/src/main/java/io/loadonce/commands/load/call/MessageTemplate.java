package io.loadonce.commands.load.call;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.JsonFormat.TypeRegistry;
import io.loadonce.commands.load.call.TemplateText.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongBinaryOperator;

/** Makes messages from JSON with templates. Safe for use by many threads. */
public final class MessageTemplate {

  /** So many ids are tried before the first call. */
  private static final int TRIED_IDS = 100_000;

  private static final long HIGHEST_SEQUENCE = 1_000_000_000;

  private final Descriptor type;
  private final JsonFormat.Parser parser;
  private final TemplateText whole;

  /* Most of a message is the same in each call, so it is made once. A template in a text field of
   * the message itself is set directly. Only what is left is read as JSON for each call. */
  private final DynamicMessage fixed;
  private final Map<FieldDescriptor, TemplateText> texts;
  private final Optional<TemplateText> rest;

  /**
   * Checks the fields and the templates. The values are not checked before {@link #requireFits}.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  MessageTemplate(String data, Descriptor type, TypeRegistry types) {
    this.type = type;
    this.parser = JsonFormat.parser().usingTypeRegistry(types);
    // Before the JSON is read, because it is written anew then and has other columns.
    boolean hasTemplates = !TemplateText.parse(data).isFixed();
    JsonElement json = JsonData.parse(data, type, hasTemplates);
    this.whole = TemplateText.parse(json.toString());
    JsonObject same = new JsonObject();
    JsonObject other = new JsonObject();
    this.texts = new LinkedHashMap<>();
    if (JsonData.isOfItsOwn(type)) {
      this.rest = Optional.of(whole);
      this.fixed = DynamicMessage.getDefaultInstance(type);
      return;
    }
    json.getAsJsonObject()
        .asMap()
        .forEach(
            (name, value) -> {
              FieldDescriptor field = JsonData.field(type, name);
              TemplateText text = TemplateText.parse(value.toString());
              if (text.isFixed()) {
                same.add(name, value);
              } else if (value.isJsonPrimitive() && isOneText(field)) {
                texts.put(field, TemplateText.parse(value.getAsString()));
              } else {
                other.add(name, value);
              }
            });
    this.rest =
        other.isEmpty() ? Optional.empty() : Optional.of(TemplateText.parse(other.toString()));
    this.fixed = merged(DynamicMessage.newBuilder(type), same.toString());
  }

  private static boolean isOneText(FieldDescriptor field) {
    return field.getType() == FieldDescriptor.Type.STRING && !field.isRepeated();
  }

  /** Whether the message has the id that is picked for a call. */
  public boolean usesId() {
    return whole.usesId();
  }

  /**
   * Checks that the values of the templates fit the fields: the lowest and the highest numbers, and
   * the ids, of which 100,000 at most are tried.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  public void requireFits(List<String> ids) {
    requireFits(ids.getLast(), /* sequence= */ 0, (low, _) -> low);
    requireFits(ids.getLast(), HIGHEST_SEQUENCE, (_, high) -> high);
    if (rest.isPresent() && rest.get().usesId()) {
      ids.stream().limit(TRIED_IDS).forEach(id -> requireFits(id, 0, (low, _) -> low));
    }
  }

  /** Reads all of it as JSON, which also finds fields that exclude each other. */
  private void requireFits(String id, long sequence, LongBinaryOperator random) {
    merged(DynamicMessage.newBuilder(type), whole.of(new Values(quoted(id), sequence, random)));
  }

  /**
   * The message of one call.
   *
   * @throws IllegalArgumentException if a value does not fit its field
   */
  public DynamicMessage of(String id, long sequence, LongBinaryOperator random) {
    if (texts.isEmpty() && rest.isEmpty()) {
      return fixed;
    }
    DynamicMessage.Builder message = fixed.toBuilder();
    Values values = new Values(id, sequence, random);
    texts.forEach((field, text) -> message.setField(field, text.of(values)));
    return rest.isEmpty()
        ? message.build()
        : merged(message, rest.get().of(new Values(quoted(id), sequence, random)));
  }

  private DynamicMessage merged(DynamicMessage.Builder message, String json) {
    try {
      parser.merge(json, message);
      return message.build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "--data does not fit %s: %s".formatted(type.getFullName(), e.getMessage()), e);
    }
  }

  /** As it stands inside of a text in JSON. */
  private static String quoted(String text) {
    String quoted = new JsonPrimitive(text).toString();
    return quoted.substring(1, quoted.length() - 1);
  }
}
