package io.loadonce.server.access;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.access.AccessRules.InvalidLineException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;

/**
 * A token that was just made, and its line for the access file.
 *
 * @param token secret; for the caller
 * @param line not secret; for the access file of the server
 */
public record NewToken(String token, String line) {

  private static final int RANDOM_BYTES = 32;

  /**
   * Makes a token.
   *
   * @param name of the caller
   * @param rights as the access file has them
   * @param lookups as the access file has them; empty for all
   * @throws InvalidSettingException if one of them is not valid
   */
  public static NewToken of(String name, String rights, String lookups) {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    String fields = "%s %s %s".formatted(name, rights, lookups).stripTrailing();
    String line = AccessRules.hashText(token) + " " + fields;
    try {
      // Which lookups there are, the server checks.
      AccessRules.parse(line, new HashSet<>(List.of(lookups.split(",", -1))));
    } catch (InvalidLineException e) {
      throw new InvalidSettingException("token", String.valueOf(e.getMessage()));
    }
    return new NewToken(token, line);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return line;
  }
}
