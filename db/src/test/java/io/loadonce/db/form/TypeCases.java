package io.loadonce.db.form;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The column types of one database, each with a value; and a table that has a column for each case.
 * Its rows 1 and 3 have the values, row 2 has nulls only.
 */
record TypeCases(String database, List<TypeCase> cases) {

  /**
   * @param group the heading of the page under which the case stands
   * @param type as the database's CREATE TABLE has it
   * @param value as the database's INSERT has it
   */
  record TypeCase(String group, String type, String value) {}

  /**
   * Reads {@code NAME-types.txt}: groups begin with {@code ##}, cases are {@code type | value}.
   *
   * @param database the name of the database on the page, and of the file in lower case
   */
  static TypeCases of(String database) throws IOException {
    List<TypeCase> cases = new ArrayList<>();
    String group = "";
    for (String line : text(database.toLowerCase(Locale.ROOT) + "-types.txt").lines().toList()) {
      if (line.startsWith("## ")) {
        group = line.substring(3);
      } else if (!line.startsWith("#")) {
        String[] parts = line.split(" \\| ", 2);
        cases.add(new TypeCase(group, parts[0], parts[1]));
      }
    }
    return new TypeCases(database, List.copyOf(cases));
  }

  static String column(int index) {
    return "c" + index;
  }

  List<String> groups() {
    return cases.stream().map(TypeCase::group).distinct().toList();
  }

  /** Creates the table {@code every_type} and its rows. */
  void create(Consumer<String> execute) {
    String values = cases.stream().map(TypeCase::value).collect(Collectors.joining(", "));
    execute.accept(
        IntStream.range(0, cases.size())
            .mapToObj(i -> column(i) + " " + cases.get(i).type())
            .collect(
                Collectors.joining(
                    ", ", "CREATE TABLE every_type (id INTEGER PRIMARY KEY, ", ")")));
    execute.accept("INSERT INTO every_type VALUES (1, " + values + ")");
    execute.accept("INSERT INTO every_type (id) VALUES (2)");
    execute.accept("INSERT INTO every_type VALUES (3, " + values + ")");
  }

  private static String text(String name) throws IOException {
    try (InputStream file = TypeCases.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
