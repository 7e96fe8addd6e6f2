package io.loadonce.db.form;

import java.math.BigDecimal;
import java.util.concurrent.TimeUnit;

/**
 * An interval of PostgreSQL as ISO 8601, such as {@code P1Y2M3DT4H5M6.7S}; each field can be
 * negative. Not safe for use by many threads.
 *
 * <p>A setting of the session decides how the server writes an interval. All four styles are read:
 * {@code postgres}, {@code postgres_verbose}, {@code sql_standard} and {@code iso_8601}.
 */
final class PostgresInterval {

  private static final long MICROS_PER_HOUR = TimeUnit.HOURS.toMicros(1);
  private static final long MICROS_PER_MINUTE = TimeUnit.MINUTES.toMicros(1);
  private static final int DIGITS_OF_MICROS = 6;
  private static final int MONTHS_PER_YEAR = 12;

  private long months;
  private long days;
  private long micros;

  /** The word before was a number of days in the style sql_standard. */
  private boolean isAfterBareDays;

  private PostgresInterval() {}

  static String iso(String text) {
    if (text.startsWith("P")) {
      return text;
    }
    PostgresInterval interval = new PostgresInterval();
    String[] words = text.split(" ", -1);
    for (int i = 0; i < words.length; i++) {
      String unit = i + 1 < words.length ? words[i + 1] : "";
      if (words[i].equals("ago")) {
        interval.negate();
      } else if (unit.matches("(year|mon|day|hour|min|sec)s?")) {
        interval.add(words[i], unit);
        i++;
      } else if (!words[i].equals("@")) {
        interval.addWithoutUnit(words[i]);
      }
    }
    return interval.iso();
  }

  private void add(String number, String unit) {
    switch (unit.charAt(0) == 'm' ? unit.substring(0, 2) : unit.substring(0, 1)) {
      case "y" -> months += MONTHS_PER_YEAR * Long.parseLong(number);
      case "mo" -> months += Long.parseLong(number);
      case "d" -> days += Long.parseLong(number);
      case "h" -> micros += MICROS_PER_HOUR * Long.parseLong(number);
      case "mi" -> micros += MICROS_PER_MINUTE * Long.parseLong(number);
      default -> micros += micros(number);
    }
  }

  /** A time of any style, and of the style sql_standard years and months ("1-2") or days ("3"). */
  private void addWithoutUnit(String word) {
    boolean isNegative = word.startsWith("-");
    String digits = isNegative || word.startsWith("+") ? word.substring(1) : word;
    int sign = isNegative ? -1 : 1;
    if (digits.contains(":")) {
      // Both are negative in "-3 4:05:06"; positive hours would be written "-3 +4:05:06".
      boolean followsDays = !isNegative && !word.startsWith("+") && isAfterBareDays;
      String[] parts = digits.split(":", -1);
      long sum =
          MICROS_PER_HOUR * Long.parseLong(parts[0])
              + MICROS_PER_MINUTE * Long.parseLong(parts[1])
              + (parts.length > 2 ? micros(parts[2]) : 0);
      micros += (followsDays && days < 0 ? -1 : sign) * sum;
    } else if (digits.contains("-")) {
      String[] parts = digits.split("-", -1);
      months += sign * (MONTHS_PER_YEAR * Long.parseLong(parts[0]) + Long.parseLong(parts[1]));
    } else {
      days += sign * Long.parseLong(digits);
      isAfterBareDays = true;
    }
  }

  private void negate() {
    months = -months;
    days = -days;
    micros = -micros;
  }

  private static long micros(String seconds) {
    return new BigDecimal(seconds).movePointRight(DIGITS_OF_MICROS).longValueExact();
  }

  private String iso() {
    StringBuilder date = new StringBuilder("P");
    append(date, months / MONTHS_PER_YEAR, 'Y');
    append(date, months % MONTHS_PER_YEAR, 'M');
    append(date, days, 'D');
    StringBuilder time = new StringBuilder("T");
    append(time, micros / MICROS_PER_HOUR, 'H');
    append(time, micros % MICROS_PER_HOUR / MICROS_PER_MINUTE, 'M');
    BigDecimal seconds =
        BigDecimal.valueOf(micros % MICROS_PER_MINUTE, DIGITS_OF_MICROS).stripTrailingZeros();
    if (seconds.signum() != 0 || (date.length() == 1 && time.length() == 1)) {
      time.append(seconds.toPlainString()).append('S');
    }
    return time.length() == 1 ? date.toString() : date.append(time).toString();
  }

  private static void append(StringBuilder text, long number, char unit) {
    if (number != 0) {
      text.append(number).append(unit);
    }
  }
}
