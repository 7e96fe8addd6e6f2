package io.loadonce.db.lookup;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The type of the key column: what an id may look like, and what JDBC is given for it. */
public enum KeyType {
  /** A signed 64-bit integer in decimal; {@code 007} is {@code 7}. */
  BIGINT {
    @Override
    String canonical(String text) throws InvalidIdException {
      return isPlainNumber(text) ? text : Long.toString(parseLong(text));
    }

    @Override
    public Object parameter(Key id) {
      return Long.parseLong(id.text());
    }

    @Override
    public @Nullable String read(ResultSet row, int column) throws SQLException {
      long key = row.getLong(column);
      return row.wasNull() ? null : Long.toString(key);
    }
  },

  /** Any text, compared byte by byte. */
  TEXT {
    @Override
    String canonical(String text) {
      return text;
    }

    @Override
    public Object parameter(Key id) {
      return id.text();
    }
  },

  /** 8-4-4-4-12 hexadecimal digits; upper case is lower case. */
  UUID {
    @Override
    String canonical(String text) throws InvalidIdException {
      if (!UUID_FORM.matcher(text).matches()) {
        throw new InvalidIdException("id must be a UUID of the form 8-4-4-4-12 hexadecimal digits");
      }
      return text.toLowerCase(Locale.ROOT);
    }

    @Override
    public Object parameter(Key id) {
      return java.util.UUID.fromString(id.text());
    }

    @Override
    public @Nullable String read(ResultSet row, int column) throws SQLException {
      String key = row.getString(column);
      return key == null ? null : key.toLowerCase(Locale.ROOT);
    }
  };

  /** The longest id that is taken, in bytes of UTF-8. */
  public static final int MAX_ID_BYTES = 256;

  private static final int MAX_BYTES_PER_CHAR = 3;

  /** So many make no number of more than 64 bits. */
  private static final int SURE_DIGITS = 18;

  private static final Pattern UUID_FORM =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  /**
   * Returns the id that {@code text} stands for. Never blocks.
   *
   * @throws InvalidIdException if the text is empty, longer than {@link #MAX_ID_BYTES}, has control
   *     characters, or is not of this type; the caller's fault
   */
  public final Key parse(String text) throws InvalidIdException {
    check(text);
    return new Key(canonical(text));
  }

  abstract String canonical(String text) throws InvalidIdException;

  private static void check(String text) throws InvalidIdException {
    if (text.isEmpty()) {
      throw new InvalidIdException("id must not be empty");
    }
    if (text.length() > MAX_ID_BYTES
        || (text.length() * MAX_BYTES_PER_CHAR > MAX_ID_BYTES
            && text.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES)) {
      throw new InvalidIdException("id must not be longer than " + MAX_ID_BYTES + " bytes");
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw new InvalidIdException("id must not contain control characters");
      }
    }
  }

  /** Whether it is as {@link Long#toString(long)} writes it and surely in range; nearly all are. */
  private static boolean isPlainNumber(String text) {
    if (text.length() > SURE_DIGITS || text.charAt(0) == '0') {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static long parseLong(String text) throws InvalidIdException {
    for (int i = 0; i < text.length(); i++) {
      // Java takes the digits of every script for digits.
      if (text.charAt(i) > '9') {
        throw new InvalidIdException("id must be a decimal number of at most 64 bits");
      }
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new InvalidIdException("id must be a decimal number of at most 64 bits");
    }
  }

  /** The canonical form of a key in a row, null for NULL. */
  public @Nullable String read(ResultSet row, int column) throws SQLException {
    return row.getString(column);
  }

  /** What {@link java.sql.PreparedStatement#setObject} is given for an id that this type parsed. */
  public abstract Object parameter(Key id);
}
