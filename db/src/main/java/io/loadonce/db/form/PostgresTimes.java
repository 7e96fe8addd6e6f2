package io.loadonce.db.form;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;

/**
 * The dates and times that PostgreSQL writes as text, such as {@code 0044-03-15 12:30:00+01 BC}, in
 * the form of {@link Times}. The driver requires this style of dates from the server.
 */
final class PostgresTimes {

  private static final String BEFORE_CHRIST = " BC";
  private static final String END_OF_DAY = "24:00:00";
  private static final String INFINITY = "infinity";
  private static final String MINUS_INFINITY = "-infinity";
  private static final int MICROS_AND_ZONE = Long.BYTES + Integer.BYTES;

  private PostgresTimes() {}

  /** The driver represents the infinite dates by Java's first and last one. */
  static String date(LocalDate date) {
    if (date.equals(LocalDate.MAX)) {
      return INFINITY;
    }
    return date.equals(LocalDate.MIN) ? MINUS_INFINITY : date.toString();
  }

  /** The driver represents the end of the day by Java's last time, which has nanoseconds. */
  static String time(LocalTime time) {
    return time.equals(LocalTime.MAX) ? END_OF_DAY : Times.time(time);
  }

  static String timestamp(LocalDateTime time) {
    if (time.equals(LocalDateTime.MAX)) {
      return INFINITY;
    }
    return time.equals(LocalDateTime.MIN) ? MINUS_INFINITY : Times.timestamp(time);
  }

  static String instant(OffsetDateTime time) {
    if (time.equals(OffsetDateTime.MAX)) {
      return INFINITY;
    }
    return time.equals(OffsetDateTime.MIN) ? MINUS_INFINITY : Times.instant(time);
  }

  static String date(String text) {
    return text.endsWith(INFINITY) ? text : parseDate(text).toString();
  }

  static String time(String text) {
    return text.equals(END_OF_DAY) ? text : Times.time(LocalTime.parse(text));
  }

  static String offsetTime(String text) {
    int at = offsetAt(text);
    ZoneOffset offset = ZoneOffset.of(text.substring(at));
    String time = text.substring(0, at);
    return time.equals(END_OF_DAY)
        ? endOfDay(offset)
        : Times.offsetTime(OffsetTime.of(LocalTime.parse(time), offset));
  }

  /**
   * @param sent the value as the server sent it, in binary or as text. The driver returns the end
   *     of a day with another offset, or fails.
   */
  static String offsetTime(byte[] sent) {
    // No text of this type has 12 characters: 12:30:00+02 has 11, 12:30:00.1+02 has 13.
    if (sent.length != MICROS_AND_ZONE) {
      return offsetTime(new String(sent, StandardCharsets.US_ASCII));
    }
    ByteBuffer fields = ByteBuffer.wrap(sent);
    long micros = fields.getLong();
    ZoneOffset offset = ZoneOffset.ofTotalSeconds(-fields.getInt());
    return micros == TimeUnit.DAYS.toMicros(1)
        ? endOfDay(offset)
        : Times.offsetTime(
            OffsetTime.of(LocalTime.ofNanoOfDay(TimeUnit.MICROSECONDS.toNanos(micros)), offset));
  }

  static String timestamp(String text) {
    return text.endsWith(INFINITY) ? text : Times.timestamp(parseTimestamp(text));
  }

  static String instant(String text) {
    if (text.endsWith(INFINITY)) {
      return text;
    }
    boolean isBc = text.endsWith(BEFORE_CHRIST);
    String time = isBc ? text.substring(0, text.length() - BEFORE_CHRIST.length()) : text;
    int at = offsetAt(time);
    LocalDateTime local = parseTimestamp(time.substring(0, at) + (isBc ? BEFORE_CHRIST : ""));
    return Times.instant(OffsetDateTime.of(local, ZoneOffset.of(time.substring(at))));
  }

  private static String endOfDay(ZoneOffset offset) {
    return END_OF_DAY + offset;
  }

  private static int offsetAt(String text) {
    return Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
  }

  private static LocalDateTime parseTimestamp(String text) {
    int blank = text.indexOf(' ');
    boolean isBc = text.endsWith(BEFORE_CHRIST);
    int end = text.length() - (isBc ? BEFORE_CHRIST.length() : 0);
    LocalTime time =
        LocalTime.parse(text.substring(blank + 1, end), DateTimeFormatter.ISO_LOCAL_TIME);
    return LocalDateTime.of(
        parseDate(text.substring(0, blank) + (isBc ? BEFORE_CHRIST : "")), time);
  }

  /** The year has four digits or more; 1 BC is the year 0. */
  private static LocalDate parseDate(String text) {
    boolean isBc = text.endsWith(BEFORE_CHRIST);
    String[] parts = text.substring(0, text.length() - (isBc ? 3 : 0)).split("-", -1);
    int year = Integer.parseInt(parts[0]);
    return LocalDate.of(
        isBc ? 1 - year : year, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }
}
