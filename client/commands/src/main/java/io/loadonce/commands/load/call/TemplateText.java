package io.loadonce.commands.load.call;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongBinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with templates, such as <code>user-{{id}}</code>. */
record TemplateText(List<Part> parts) {

  private static final Pattern TEMPLATE = Pattern.compile("\\{\\{([^}\"]*)(}})?");
  private static final Pattern RANGE = Pattern.compile("random:(-?\\d{1,18})\\.\\.(-?\\d{1,18})");

  /**
   * What stands in the places of the templates, in one message.
   *
   * @param random a number from the first to the second, both included
   */
  record Values(String id, long sequence, LongBinaryOperator random) {}

  /** A part of the text. */
  sealed interface Part {

    /** Text as it is. */
    record Fixed(String text) implements Part {}

    /** The id that was picked for the call. */
    record Id() implements Part {}

    /** The number of the call. */
    record Sequence() implements Part {}

    /** A number at random, another one in each place. */
    record Random(long low, long high) implements Part {}
  }

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException with one line, if a template is not known; says its column
   */
  static TemplateText parse(String text) {
    List<Part> parts = new ArrayList<>();
    Matcher templates = TEMPLATE.matcher(text);
    int end = 0;
    while (templates.find()) {
      parts.add(new Part.Fixed(text.substring(end, templates.start())));
      parts.add(part(text, templates));
      end = templates.end();
    }
    parts.add(new Part.Fixed(text.substring(end)));
    return new TemplateText(List.copyOf(parts));
  }

  private static Part part(String text, Matcher template) {
    if (template.group(2) == null) {
      throw wrong(text, template.start(), "the template does not end with }}");
    }
    String name = template.group(1).strip();
    Matcher range = RANGE.matcher(name);
    if (range.matches()) {
      long low = Long.parseLong(range.group(1));
      long high = Long.parseLong(range.group(2));
      if (low > high) {
        throw wrong(text, template.start(), "{{%s}} must go up".formatted(name));
      }
      return new Part.Random(low, high);
    }
    return switch (name) {
      case "id" -> new Part.Id();
      case "sequence" -> new Part.Sequence();
      case "random" -> new Part.Random(0, Integer.MAX_VALUE);
      default ->
          throw wrong(
              text,
              template.start(),
              "there is no template {{%s}}; there is {{id}}, {{sequence}}, {{random}} and {{random:1..100}}"
                  .formatted(name));
    };
  }

  private static IllegalArgumentException wrong(String text, int at, String what) {
    String before = text.substring(0, at);
    long line = before.chars().filter(each -> each == '\n').count() + 1;
    int column = at - before.lastIndexOf('\n');
    return new IllegalArgumentException(
        "--data, line %d, column %d: %s".formatted(line, column, what));
  }

  /** Whether it has no template. */
  boolean isFixed() {
    return parts.stream().allMatch(Part.Fixed.class::isInstance);
  }

  boolean usesId() {
    return parts.stream().anyMatch(Part.Id.class::isInstance);
  }

  String of(Values values) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      switch (part) {
        case Part.Fixed(String fixed) -> text.append(fixed);
        case Part.Id() -> text.append(values.id());
        case Part.Sequence() -> text.append(values.sequence());
        case Part.Random(long low, long high) ->
            text.append(values.random().applyAsLong(low, high));
      }
    }
    return text.toString();
  }
}
