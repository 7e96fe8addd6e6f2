package io.loadonce.db.lookup;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The type of a key column: which ids it accepts, and how JDBC sends and returns them. */
public enum KeyType {
  /** A signed integer of 64 bits in decimal; {@code 007} is {@code 7}. */
  BIGINT {
    @Override
    Key canonical(String text) throws InvalidIdException {
      return integer(text, Long.MIN_VALUE, Long.MAX_VALUE, Long.SIZE);
    }

    @Override
    public Object parameter(Key id) {
      return id.number();
    }

    @Override
    public @Nullable Key read(ResultSet row, int column) throws SQLException {
      return number(row, column);
    }
  },

  /** A signed integer of 32 bits. */
  INT {
    @Override
    Key canonical(String text) throws InvalidIdException {
      return integer(text, Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.SIZE);
    }

    @Override
    public Object parameter(Key id) {
      return (int) id.number();
    }

    @Override
    public @Nullable Key read(ResultSet row, int column) throws SQLException {
      return number(row, column);
    }
  },

  /** A signed integer of 16 bits. */
  SMALLINT {
    @Override
    Key canonical(String text) throws InvalidIdException {
      return integer(text, Short.MIN_VALUE, Short.MAX_VALUE, Short.SIZE);
    }

    @Override
    public Object parameter(Key id) {
      return (short) id.number();
    }

    @Override
    public @Nullable Key read(ResultSet row, int column) throws SQLException {
      return number(row, column);
    }
  },

  /** Any text, compared byte by byte. */
  TEXT {
    @Override
    Key canonical(String text) {
      return Key.of(text);
    }

    @Override
    public Object parameter(Key id) {
      return id.text();
    }
  },

  /** Text of a column that the database pads with blanks; blanks at the end do not count. */
  CHAR {
    @Override
    Key canonical(String text) throws InvalidIdException {
      String key = withoutPadding(text);
      if (key.isEmpty()) {
        throw new InvalidIdException("id must not be blank");
      }
      return Key.of(key);
    }

    @Override
    public Object parameter(Key id) {
      return id.text();
    }

    @Override
    public @Nullable Key read(ResultSet row, int column) throws SQLException {
      String key = row.getString(column);
      return key == null ? null : Key.of(withoutPadding(key));
    }
  },

  /** A label of an enumerated type, in the spelling of the database. */
  ENUM {
    @Override
    Key canonical(String text) {
      return Key.of(text);
    }

    @Override
    public Object parameter(Key id) {
      return id.text();
    }
  },

  /** 8-4-4-4-12 hexadecimal digits; upper case is lower case. */
  UUID {
    @Override
    Key canonical(String text) throws InvalidIdException {
      java.util.UUID uuid = Key.uuid(text);
      if (uuid == null) {
        throw new InvalidIdException("id must be a UUID of the form 8-4-4-4-12 hexadecimal digits");
      }
      return Key.of(uuid);
    }

    @Override
    public Object parameter(Key id) {
      return java.util.UUID.fromString(id.text());
    }

    @Override
    public @Nullable Key read(ResultSet row, int column) throws SQLException {
      String key = row.getString(column);
      return key == null ? null : Key.of(key.toLowerCase(Locale.ROOT));
    }
  },

  /** A decimal number without an exponent; {@code 1.50} is {@code 1.5}. */
  NUMERIC {
    @Override
    Key canonical(String text) throws InvalidIdException {
      if (!DECIMAL.matcher(text).matches()) {
        throw new InvalidIdException("id must be a decimal number, such as 12 or 12.5");
      }
      return decimal(new BigDecimal(text));
    }

    @Override
    public Object parameter(Key id) {
      return new BigDecimal(id.text());
    }

    @Override
    public @Nullable Key read(ResultSet row, int column) throws SQLException {
      BigDecimal key = row.getBigDecimal(column);
      return key == null ? null : decimal(key);
    }
  },

  /** A date, such as 2026-11-27; the years 1 to 9999. */
  DATE {
    @Override
    Key canonical(String text) throws InvalidIdException {
      try {
        LocalDate date = text.length() == DATE_LENGTH ? LocalDate.parse(text) : LocalDate.MIN;
        if (date.getYear() > 0) {
          return Key.of(text);
        }
      } catch (DateTimeParseException _) {
        // The message below says what is right.
      }
      throw new InvalidIdException("id must be a date of the form 2026-11-27");
    }

    @Override
    public Object parameter(Key id) {
      return LocalDate.parse(id.text());
    }

    @Override
    public @Nullable Key read(ResultSet row, int column) throws SQLException {
      LocalDate key = row.getObject(column, LocalDate.class);
      return key == null ? null : Key.of(key.toString());
    }
  };

  /** The longest id that is accepted, in bytes of UTF-8; of a key of several columns, the sum. */
  public static final int MAX_ID_BYTES = 256;

  private static final int MAX_BYTES_PER_CHAR = 3;
  private static final int DATE_LENGTH = 10;
  private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]+(\\.[0-9]+)?");
  private static final Pattern PADDING = Pattern.compile(" +$");

  /**
   * Returns the key that {@code text} stands for. Never blocks.
   *
   * @throws InvalidIdException if the text is empty, longer than {@link #MAX_ID_BYTES}, has control
   *     characters, or is not of this type; the caller's fault
   */
  public final Key parse(String text) throws InvalidIdException {
    check(text);
    return canonical(text);
  }

  abstract Key canonical(String text) throws InvalidIdException;

  /** Returns the key in a row in its canonical form, null for NULL. */
  public @Nullable Key read(ResultSet row, int column) throws SQLException {
    String key = row.getString(column);
    return key == null ? null : Key.of(key);
  }

  /** Returns what {@link java.sql.PreparedStatement#setObject} receives for a key of this type. */
  public abstract Object parameter(Key id);

  /** Returns the name in the settings. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

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

  private static Key integer(String text, long min, long max, int bits) throws InvalidIdException {
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max && isAscii(text)) {
        return Key.of(number);
      }
    } catch (NumberFormatException _) {
      // The message below says what is right.
    }
    throw new InvalidIdException("id must be a decimal number of at most " + bits + " bits");
  }

  /** Java accepts the digits of every script. */
  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Key number(ResultSet row, int column) throws SQLException {
    long key = row.getLong(column);
    return row.wasNull() ? null : Key.of(key);
  }

  private static Key decimal(BigDecimal number) {
    return Key.of(number.stripTrailingZeros().toPlainString());
  }

  private static String withoutPadding(String text) {
    return PADDING.matcher(text).replaceFirst("");
  }
}
