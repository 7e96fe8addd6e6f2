package io.loadonce.db;

/**
 * A setting is wrong; the operator's fault. The message is one line: the key, what is wrong, and
 * what would be right. It never holds a password.
 */
public final class InvalidSettingException extends IllegalArgumentException {

  /**
   * @param key the name of the setting as the operator writes it, such as {@code pool-size}
   * @param problem what is wrong and what would be right, one line
   */
  public InvalidSettingException(String key, String problem) {
    super(key + ": " + problem);
  }
}
