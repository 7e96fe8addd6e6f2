package io.loadonce.server.planted;

/** How a check went. */
sealed interface CheckResult {
  /** The check passed. */
  record Green() implements CheckResult {}

  /** The check failed with this message, on one line. */
  record Red(String message) implements CheckResult {}

  /** There is no such check. */
  record RanNothing() implements CheckResult {}

  /** The check did not end in time, or its JVM ended before it. */
  record NoAnswer(String why) implements CheckResult {}

  /** Throws, and says why, unless the check failed with the message that the bug names. */
  static void requireFound(PlantedBug bug, CheckResult result) {
    String problem =
        switch (result) {
          case Green _ -> "the check passes with the bug in the code";
          case RanNothing _ -> "there is no such check";
          case NoAnswer(String why) -> why;
          case Red(String message) when bug.failsWith().stream().anyMatch(message::contains) -> "";
          case Red(String message) ->
              "the check fails with another message than %s:%n%s"
                  .formatted(bug.failsWith(), message);
        };
    if (!problem.isEmpty()) {
      throw new AssertionError("%s%n%s%n%s".formatted(bug, bug.check(), problem));
    }
  }
}
