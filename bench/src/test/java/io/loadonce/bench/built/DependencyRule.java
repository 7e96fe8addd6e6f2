package io.loadonce.bench.built;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;

/**
 * Who may see whom.
 *
 * @param name the rule in a sentence
 * @param rooms the packages it speaks about; one without a class breaks the rule, since nothing was
 *     looked at
 * @param rule the same for ArchUnit
 */
record DependencyRule(String name, List<String> rooms, ArchRule rule) {

  /** What is wrong with {@code classes}, a line each; empty if nothing is. */
  List<String> violations(JavaClasses classes) {
    List<String> found = new ArrayList<>();
    for (String room : rooms) {
      if (classes.stream().noneMatch(type -> isIn(room, type.getPackageName()))) {
        found.add("no class in " + room + ": looked at nothing");
      }
    }
    if (found.isEmpty()) {
      found.addAll(rule.evaluate(classes).getFailureReport().getDetails());
    }
    return found;
  }

  @Override
  public String toString() {
    return name;
  }

  private static boolean isIn(String room, String packageName) {
    return packageName.equals(room) || packageName.startsWith(room + ".");
  }
}
