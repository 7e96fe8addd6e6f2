package io.loadonce.db.form;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The column types of one database, each with a value; and a table that has a column for each case.
 * Its rows 1 and 3 have the values, row 2 has nulls only.
 */
record TypeCases(List<TypeCase> cases) {

  /**
   * @param group the heading of the page under which the case stands
   * @param type as the database's CREATE TABLE has it
   * @param value as the database's INSERT has it
   */
  record TypeCase(String group, String type, String value) {}

  /** Reads {@code NAME-types.txt}: groups begin with {@code ##}, cases are {@code type | value}. */
  static TypeCases of(String database) throws IOException {
    List<TypeCase> cases = new ArrayList<>();
    String group = "";
    for (String line : text(database + "-types.txt").lines().toList()) {
      if (line.startsWith("## ")) {
        group = line.substring(3);
      } else if (!line.startsWith("#")) {
        String[] parts = line.split(" \\| ", 2);
        cases.add(new TypeCase(group, parts[0], parts[1]));
      }
    }
    return new TypeCases(List.copyOf(cases));
  }

  static String column(int index) {
    return "c" + index;
  }

  List<String> groups() {
    return cases.stream().map(TypeCase::group).distinct().toList();
  }

  String createTable() {
    return IntStream.range(0, cases.size())
        .mapToObj(i -> column(i) + " " + cases.get(i).type())
        .collect(
            Collectors.joining(", ", "CREATE TABLE every_type (id INTEGER PRIMARY KEY, ", ")"));
  }

  List<String> insertRows() {
    String values = cases.stream().map(TypeCase::value).collect(Collectors.joining(", "));
    return List.of(
        "INSERT INTO every_type VALUES (1, " + values + ")",
        "INSERT INTO every_type (id) VALUES (2)",
        "INSERT INTO every_type VALUES (3, " + values + ")");
  }

  private static String text(String name) throws IOException {
    try (InputStream file = TypeCases.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
