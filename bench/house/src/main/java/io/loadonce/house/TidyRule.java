package io.loadonce.house;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A rule of the house.
 *
 * @param name what is not wanted
 * @param subject the files it looks at; a tree without one of them breaks the rule
 * @param search given the subjects and the whole tree, says what is wrong, a line each
 */
record TidyRule(
    String name,
    Predicate<SourceFile> subject,
    BiFunction<List<SourceFile>, List<SourceFile>, List<String>> search) {

  /** A rule that needs no more than one file at a time to judge it. */
  static TidyRule perFile(
      String name, Predicate<SourceFile> subject, Function<SourceFile, List<String>> search) {
    return new TidyRule(
        name,
        subject,
        (subjects, tree) ->
            subjects.stream().flatMap(file -> search.apply(file).stream()).toList());
  }

  /** What is wrong with {@code tree}, a line each; empty if nothing is. */
  List<String> violations(List<SourceFile> tree) {
    List<SourceFile> subjects = tree.stream().filter(subject).toList();
    if (subjects.isEmpty()) {
      return List.of(name + ": looked at nothing");
    }
    return search.apply(subjects, tree).stream().map(found -> name + ": " + found).toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
