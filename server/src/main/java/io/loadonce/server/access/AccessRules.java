package io.loadonce.server.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The callers of one access file, by token and by certificate. Immutable.
 *
 * <pre>
 *   # proof of identity          name     rights            lookups (optional)
 *   sha256:9f86d081884c7d65...   billing  read,invalidate   product,price
 *   certificate:shop.internal    shop     read
 * </pre>
 */
public final class AccessRules {

  /*
   * Time. A token is hashed before it is compared, so what a caller sends is unrelated to the bytes
   * that are compared: a token that is nearly right has a hash that is entirely different. The map
   * finds the one hash that can be right by 64 bits of it, and that hash is compared in constant
   * time. A hash without salt is enough, since a token is 256 random bits and no password.
   */

  /** The most lines that an access file may have. */
  static final int MAX_LINES = 10_000;

  private static final Pattern TOKEN = Pattern.compile("sha256:([0-9a-fA-F]{64})");
  private static final Pattern CERTIFICATE = Pattern.compile("certificate:(\\S{1,253})");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,62}");
  private static final Pattern BETWEEN_FIELDS = Pattern.compile("[ \\t]+");

  /**
   * A line of the access file is wrong. The message names it, and never repeats its first field.
   */
  static final class InvalidLineException extends Exception {
    InvalidLineException(int line, String problem) {
      super("line %d: %s".formatted(line, problem));
    }
  }

  /** The hash of a token, and the caller that has the token. */
  private static final class Token {
    private final byte[] hash;
    private final Caller caller;

    Token(byte[] hash, Caller caller) {
      this.hash = hash;
      this.caller = caller;
    }
  }

  private final Map<Long, Token> byToken = new HashMap<>();
  private final Map<String, Caller> byCertificate = new HashMap<>();

  private AccessRules() {}

  /**
   * Reads an access file.
   *
   * @param lookups the names of all lookups of the service
   * @throws InvalidLineException if a line is wrong, or no line names a caller
   */
  static AccessRules parse(String text, Set<String> lookups) throws InvalidLineException {
    AccessRules rules = new AccessRules();
    List<String> lines = text.lines().toList();
    if (lines.size() > MAX_LINES) {
      throw new InvalidLineException(
          MAX_LINES + 1, "a file has %d lines at most".formatted(MAX_LINES));
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        rules.add(BETWEEN_FIELDS.split(line), i + 1, lookups);
      }
    }
    if (rules.byToken.isEmpty() && rules.byCertificate.isEmpty()) {
      throw new InvalidLineException(1, "no line of the file names a caller; add one");
    }
    return rules;
  }

  /** Returns the caller with this token. */
  Optional<Caller> ofToken(String token) {
    byte[] hash = hash(token);
    Token found = byToken.get(beginning(hash));
    return found != null && MessageDigest.isEqual(found.hash, hash)
        ? Optional.of(found.caller)
        : Optional.empty();
  }

  /** Returns the caller with a certificate for one of these names; the first one counts. */
  Optional<Caller> ofCertificate(List<String> names) {
    for (String name : names) {
      Caller caller = byCertificate.get(name);
      if (caller != null) {
        return Optional.of(caller);
      }
    }
    return Optional.empty();
  }

  /** Returns the hash of a token, as an access file has it. */
  static String hashText(String token) {
    return "sha256:" + HexFormat.of().formatHex(hash(token));
  }

  private void add(String[] fields, int line, Set<String> lookups) throws InvalidLineException {
    if (fields.length < 3 || fields.length > 4) {
      throw new InvalidLineException(
          line,
          "has %d fields; write sha256:HASH or certificate:NAME, the caller's name, its rights and,"
                  .formatted(fields.length)
              + " if it may not use all lookups, the lookups");
    }
    if (!NAME.matcher(fields[1]).matches()) {
      throw new InvalidLineException(
          line, "the second field must be the caller's name: 1 to 63 letters, digits, . _ @ or -");
    }
    Caller caller =
        new Caller(
            fields[1],
            rights(fields[2], line),
            fields.length == 3 ? Optional.empty() : Optional.of(lookups(fields[3], line, lookups)));
    Matcher token = TOKEN.matcher(fields[0]);
    Matcher certificate = CERTIFICATE.matcher(fields[0]);
    @Nullable Object earlier;
    if (token.matches()) {
      byte[] hash = HexFormat.of().parseHex(token.group(1));
      earlier = byToken.put(beginning(hash), new Token(hash, caller));
    } else if (certificate.matches()) {
      earlier = byCertificate.put(certificate.group(1), caller);
    } else {
      throw new InvalidLineException(
          line,
          "the first field must be sha256: and 64 hexadecimal digits, or certificate: and a name;"
              + " ./loadonce token makes a line");
    }
    if (earlier != null) {
      throw new InvalidLineException(
          line, "this token or certificate stands in an earlier line, too; keep one of them");
    }
  }

  private static Set<Right> rights(String field, int line) throws InvalidLineException {
    EnumSet<Right> rights = EnumSet.noneOf(Right.class);
    for (String text : field.split(",", -1)) {
      Optional<Right> right =
          Arrays.stream(Right.values()).filter(each -> each.toString().equals(text)).findFirst();
      rights.add(
          right.orElseThrow(
              () ->
                  new InvalidLineException(
                      line,
                      "the third field must be rights out of read, invalidate and admin, with"
                          + " commas and no spaces between them")));
    }
    return rights;
  }

  private static Set<String> lookups(String field, int line, Set<String> known)
      throws InvalidLineException {
    Set<String> lookups = new TreeSet<>();
    for (String lookup : field.split(",", -1)) {
      if (!known.contains(lookup)) {
        throw new InvalidLineException(
            line,
            "the fourth field must be lookups of this service, with commas and no spaces between"
                + " them: "
                + String.join(",", new TreeSet<>(known)));
      }
      lookups.add(lookup);
    }
    return lookups;
  }

  private static long beginning(byte[] hash) {
    return ByteBuffer.wrap(hash).getLong();
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
