package io.loadonce.server.settings;

import java.util.List;

/**
 * Some settings are wrong; the operator's fault. Each problem is one line: the place and the key,
 * what is wrong, and what would be right. None holds a password.
 */
public final class InvalidConfigException extends IllegalArgumentException {

  private static final int MAX_SHOWN = 20;

  private final List<String> problems;

  /**
   * @param problems at least one; the first twenty are kept
   */
  public InvalidConfigException(List<String> problems) {
    super(String.join("\n", problems.subList(0, Math.min(problems.size(), MAX_SHOWN))));
    this.problems = List.copyOf(problems.subList(0, Math.min(problems.size(), MAX_SHOWN)));
  }

  public List<String> problems() {
    return problems;
  }
}
