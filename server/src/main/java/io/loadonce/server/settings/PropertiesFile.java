package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.files.SettingFile;
import java.io.IOException;
import java.io.LineNumberReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A file with key=value lines, as {@link Properties} has them; a key may stand there once. */
final class PropertiesFile {

  private static final Pattern COMMENT = Pattern.compile("\\s*[#!].*");

  /** Ends with a backslash that no other one takes for itself. */
  private static final Pattern CONTINUED = Pattern.compile("(?s)(.*[^\\\\])?(\\\\\\\\)*\\\\");

  private PropertiesFile() {}

  /**
   * @param named by what the file was named, for an error message
   */
  static Map<Setting, SettingText> read(String named, String file) {
    Map<String, String> keys = keys(named, file);
    Map<Setting, SettingText> texts = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      String text = keys.remove(setting.key());
      if (text != null) {
        texts.put(setting, SettingText.of(setting, text, "file " + file));
      }
    }
    for (String unknown : keys.keySet()) {
      throw new InvalidSettingException(
          unknown,
          "unknown in %s; %s"
              .formatted(
                  file, Suggestions.hint(unknown, Stream.of(Setting.values()).map(Setting::key))));
    }
    return texts;
  }

  private static Map<String, String> keys(String named, String file) {
    Map<String, String> keys = new HashMap<>();
    Map<String, Integer> lineOf = new HashMap<>();
    try (LineNumberReader lines =
        new LineNumberReader(Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8))) {
      for (String entry = entry(lines); entry != null; entry = entry(lines)) {
        Properties one = new Properties();
        one.load(new StringReader(entry));
        for (String key : one.stringPropertyNames()) {
          Integer before = lineOf.putIfAbsent(key, lines.getLineNumber());
          if (before != null) {
            throw new InvalidSettingException(
                key,
                "stands twice in %s, in lines %d and %d; keep one of them"
                    .formatted(file, before, lines.getLineNumber()));
          }
          keys.put(key, one.getProperty(key));
        }
      }
    } catch (InvalidSettingException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidSettingException(
          named,
          "cannot be read (%s); name a file with key=value lines in UTF-8; it is '%s'"
              .formatted(SettingFile.reason(e, file), file));
    }
    return keys;
  }

  /** The next line with those that continue it; null after the last. */
  private static @Nullable String entry(LineNumberReader lines) throws IOException {
    String line = lines.readLine();
    if (line == null) {
      return null;
    }
    if (lines.getLineNumber() == 1) {
      line = FileTexts.withoutByteOrderMark(line);
    }
    if (COMMENT.matcher(line).matches()) {
      return line;
    }
    StringBuilder entry = new StringBuilder(line);
    while (CONTINUED.matcher(entry).matches()) {
      String next = lines.readLine();
      if (next == null) {
        break;
      }
      entry.append('\n').append(next);
    }
    return entry.toString();
  }
}
