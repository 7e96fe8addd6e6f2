package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.Password;
import io.loadonce.server.files.SettingFile;
import io.loadonce.server.load.CacheUse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts the texts of the settings to values and checks their ranges. Every method throws {@link
 * InvalidSettingException}, which names the key, what is wrong and what would be right.
 */
final class SettingValues {

  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?|\\.\\d{1,9}");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h)");
  private static final Pattern BYTES = Pattern.compile("(\\d{1,15})(B|KiB|MiB|GiB)?");
  private static final Pattern SHARE_OF_IDS = Pattern.compile("(\\d{1,2}|100)%");
  private static final Pattern RATE = Pattern.compile("(\\d{1,6})/([sm])");
  private static final int MAX_SECRET_BYTES = 4096;
  private static final int MAX_SHOWN = 60;

  private final SettingTexts texts;

  SettingValues(SettingTexts texts) {
    this.texts = texts;
  }

  String text(Setting setting) {
    return texts.text(setting);
  }

  /** Returns whether the text is not empty. */
  boolean has(Setting setting) {
    return !texts.text(setting).isEmpty();
  }

  boolean isOn(Setting setting) {
    return switch (texts.text(setting).strip()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(setting, "must be true or false");
    };
  }

  int integer(Setting setting, int least, int most) {
    String text = texts.text(setting).strip();
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Thrown below.
    }
    throw wrong(setting, "must be a whole number from %d to %d".formatted(least, most));
  }

  double number(Setting setting, int least, int most) {
    String text = texts.text(setting).strip();
    if (NUMBER.matcher(text).matches()) {
      double value = Double.parseDouble(text);
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw wrong(setting, "must be a number from %d to %d, such as 0.1".formatted(least, most));
  }

  Duration duration(Setting setting, Duration least, Duration most) {
    Matcher parts = DURATION.matcher(texts.text(setting).strip());
    if (parts.matches()) {
      long amount = Long.parseLong(parts.group(1));
      Duration value =
          switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
          };
      if (value.compareTo(least) >= 0 && value.compareTo(most) <= 0) {
        return value;
      }
    }
    throw wrong(
        setting,
        "must be a time from %s to %s, such as 500ms, 10s or 2m"
            .formatted(shown(least), shown(most)));
  }

  long bytes(Setting setting, long least, long most) {
    Matcher parts = BYTES.matcher(texts.text(setting).strip());
    if (parts.matches()) {
      int shift =
          switch (parts.group(2)) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            case null, default -> 0;
          };
      long amount = Long.parseLong(parts.group(1));
      if (amount <= most >> shift && amount << shift >= least) {
        return amount << shift;
      }
    }
    throw wrong(
        setting,
        "must be bytes from %d to %d, such as 1048576, 64MiB or 1GiB".formatted(least, most));
  }

  CacheUse cacheUse(Setting setting) {
    String text = texts.text(setting).strip();
    return switch (text) {
      case "on" -> CacheUse.ON;
      case "off" -> CacheUse.OFF;
      case "memory-only" -> CacheUse.MEMORY_ONLY;
      default -> {
        if (!SHARE_OF_IDS.matcher(text).matches()) {
          throw wrong(
              setting, "must be on, off, memory-only, or a share of the ids from 0% to 100%");
        }
        int percent = Integer.parseInt(text.substring(0, text.length() - 1));
        yield new CacheUse(percent, /* loads= */ true);
      }
    };
  }

  /** Returns the time between two events of a rate, such as 500 ms for 2/s; zero for none. */
  Duration pause(Setting setting, int most) {
    Matcher parts = RATE.matcher(texts.text(setting).strip());
    if (parts.matches()) {
      int count = Integer.parseInt(parts.group(1));
      Duration per = parts.group(2).equals("s") ? Duration.ofSeconds(1) : Duration.ofMinutes(1);
      if (count <= most * per.toSeconds()) {
        return count == 0 ? Duration.ZERO : per.dividedBy(count);
      }
    }
    throw wrong(setting, "must be a rate from 0/s to %d/s, such as 1/s or 6/m".formatted(most));
  }

  <E extends Enum<E>> E oneOf(Setting setting, Class<E> type) {
    return oneOf(texts.of(setting), type);
  }

  static <E extends Enum<E>> E oneOf(SettingText chosen, Class<E> type) {
    String text = chosen.text().strip().toUpperCase(Locale.ROOT);
    StringBuilder known = new StringBuilder();
    for (E value : type.getEnumConstants()) {
      if (value.name().equals(text)) {
        return value;
      }
      known.append(known.isEmpty() ? "" : ", ").append(value.name().toLowerCase(Locale.ROOT));
    }
    throw wrong(chosen, "must be one of " + known);
  }

  /** Returns the file that the setting names; empty if it names none. */
  Optional<SettingFile> file(Setting setting) {
    SettingText chosen = texts.of(setting);
    return chosen.text().isEmpty()
        ? Optional.empty()
        : Optional.of(new SettingFile(chosen.named(), chosen.text()));
  }

  /**
   * Returns the password in the file that the setting names, which is read again for each new
   * connection.
   */
  Password password(Setting setting) {
    return Password.readFrom(() -> secret(setting));
  }

  /** Returns the content of the file that the setting names, without the end of its last line. */
  private String secret(Setting setting) {
    return content(texts.of(setting), MAX_SECRET_BYTES).replaceFirst("\\R\\z", "");
  }

  /** Returns the content of the file that the setting names, without a byte-order mark. */
  static String content(SettingText chosen, int maxBytes) {
    String file = chosen.text();
    try {
      Path path = Path.of(file);
      if (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path)) {
        throw wrong(chosen, "must be a file, not a device or a pipe");
      }
      if (Files.size(path) > maxBytes) {
        throw wrong(chosen, "the file must not be larger than " + maxBytes + " bytes");
      }
      return FileTexts.withoutByteOrderMark(Files.readString(path, StandardCharsets.UTF_8));
    } catch (IOException | InvalidPathException e) {
      throw wrong(chosen, "cannot be read (%s)".formatted(SettingFile.reason(e, file)));
    }
  }

  private InvalidSettingException wrong(Setting setting, String right) {
    return wrong(texts.of(setting), right);
  }

  static InvalidSettingException wrong(SettingText chosen, String right) {
    return new InvalidSettingException(
        chosen.named(),
        "%s; it is '%s'%s".formatted(right, shown(chosen.text()), chosen.shownOrigin()));
  }

  /** Returns the text as one line of limited length. */
  static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) + "…" : line;
  }

  private static String shown(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 3_600_000 == 0 && millis > 0) {
      return millis / 3_600_000 + "h";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }
}
