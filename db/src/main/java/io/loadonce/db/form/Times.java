package io.loadonce.db.form;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as ISO 8601 writes them, with seconds and as many digits of a fraction as are needed. */
final class Times {

  private Times() {}

  static String time(LocalTime time) {
    return DateTimeFormatter.ISO_LOCAL_TIME.format(time);
  }

  static String offsetTime(OffsetTime time) {
    return DateTimeFormatter.ISO_OFFSET_TIME.format(time);
  }

  /** Without an offset, since the database has none. */
  static String timestamp(LocalDateTime time) {
    return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time);
  }

  /** In UTC, independent of the time zone of the session. */
  static String instant(OffsetDateTime time) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        time.withOffsetSameInstant(ZoneOffset.UTC));
  }

  /** With days of 24 hours, as SQL's intervals of days and times have them. */
  static String interval(Duration duration) {
    long days = duration.toDays();
    Duration rest = duration.minusDays(days);
    if (days == 0) {
      return rest.toString();
    }
    return "P" + days + "D" + (rest.isZero() ? "" : rest.toString().substring(1));
  }
}
