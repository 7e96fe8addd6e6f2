package io.loadonce.db.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.loadonce.db.form.TypeCases.TypeCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** The tables of {@code docs/types.md}, one for each group of cases of each database. */
final class TypesPage {

  private static final Path PAGE = Path.of("..", "docs", "types.md");
  private static final String HEAD = "| type | value in SQL | JSON |\n|---|---|---|\n";

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private TypesPage() {}

  /** Writes the tables with {@code -Ddocs=write}, and compares them otherwise. */
  static void assertHas(TypeCases types, Struct row) throws IOException {
    String page = Files.readString(PAGE);
    String right = page;
    for (String group : types.groups()) {
      right = putInto(right, types.database() + ": " + group, table(types, group, row));
    }
    if ("write".equals(System.getProperty("docs"))) {
      Files.writeString(PAGE, right);
      return;
    }
    assertThat(page).as("run with -Ddocs=write").isEqualTo(right);
  }

  private static String table(TypeCases types, String group, Struct row) {
    StringBuilder table = new StringBuilder(HEAD);
    for (int i = 0; i < types.cases().size(); i++) {
      TypeCase type = types.cases().get(i);
      if (type.group().equals(group)) {
        String json = json(row.getFieldsOrThrow(TypeCases.column(i)));
        table.append("| ").append(code(type.type()));
        table.append(" | ").append(code(type.value()));
        table.append(" | ").append(code(json)).append(" |\n");
      }
    }
    return table.toString();
  }

  private static String putInto(String page, String name, String table) {
    String begin = "<!-- table: " + name + " -->\n";
    int start = page.indexOf(begin);
    assertThat(start).as("no place for table %s", name).isNotNegative();
    int from = start + begin.length();
    return page.substring(0, from) + table + page.substring(page.indexOf("<!-- end -->", from));
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }

  /** As most languages write it, 7 and not 7.0. */
  private static String json(Value value) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE -> number(value.getNumberValue());
      case STRING_VALUE -> GSON.toJson(value.getStringValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case NULL_VALUE, KIND_NOT_SET -> "null";
      case LIST_VALUE ->
          value.getListValue().getValuesList().stream()
              .map(TypesPage::json)
              .collect(Collectors.joining(",", "[", "]"));
      case STRUCT_VALUE ->
          value.getStructValue().getFieldsMap().entrySet().stream()
              .map(field -> GSON.toJson(field.getKey()) + ":" + json(field.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
    };
  }

  private static String number(double number) {
    boolean isWhole = number == Math.rint(number) && Math.abs(number) < 1e17;
    return isWhole ? Long.toString((long) number) : Double.toString(number);
  }
}
