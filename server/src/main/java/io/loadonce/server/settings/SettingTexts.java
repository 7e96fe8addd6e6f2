package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import java.io.IOException;
import java.io.LineNumberReader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The text of every setting and its origin: a flag wins over an environment variable, which wins
 * over the file, which wins over the default. Immutable.
 */
public final class SettingTexts {

  /** The flag that names the file; it is not a setting itself. */
  public static final String CONFIG_FLAG = "--config";

  private static final String CONFIG_VARIABLE = "LOADONCE_CONFIG";

  private static final String FLAG = "flag ";

  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final Pattern COMMENT = Pattern.compile("\\s*[#!].*");

  /** Ends with a backslash that no other one takes for itself. */
  private static final Pattern CONTINUED = Pattern.compile("(?s)(.*[^\\\\])?(\\\\\\\\)*\\\\");

  /**
   * Variables with our prefix that the server ignores: those of the launcher and the client, and
   * those that Kubernetes sets for a service named loadonce.
   */
  private static final Pattern FOREIGN_VARIABLE =
      Pattern.compile(
          "LOADONCE_(JAVA_OPTS|TARGET|ADMIN|DEADLINE|ATTEMPTS|TLS|TLS_CA|IDS|IDS_FILE|PICK|EXPONENT"
              + "|CALLERS|CONNECTIONS|BATCH|DURATION|COUNT|WARMUP|SEED|JSON"
              + "|SERVICE_.*|PORT_\\d+_.*)");

  /** The value that Kubernetes puts into LOADONCE_PORT for a service named loadonce. */
  private static final Pattern LINK = Pattern.compile("(tcp|udp|sctp)://.*");

  /**
   * A text and its origin.
   *
   * @param origin to be shown, such as {@code flag --port}
   */
  public record Chosen(String text, String origin) {
    boolean isFlag() {
      return origin.startsWith(FLAG);
    }
  }

  private final Map<Setting, Chosen> chosen;

  private SettingTexts(Map<Setting, Chosen> chosen) {
    this.chosen = chosen;
  }

  /**
   * @param flags the values of the command line, by flag; flags of settings and {@link
   *     #CONFIG_FLAG} only
   * @throws InvalidSettingException if the file cannot be read, or the file or the environment has
   *     an unknown key; names it and similar ones
   */
  public static SettingTexts choose(Map<String, String> flags, Map<String, String> environment) {
    refuseUnknownVariables(environment);
    String file = flags.getOrDefault(CONFIG_FLAG, environment.get(CONFIG_VARIABLE));
    String named = flags.containsKey(CONFIG_FLAG) ? "config" : CONFIG_VARIABLE;
    Map<String, String> keys = file == null ? Map.of() : read(named, file);
    Map<Setting, Chosen> chosen = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      chosen.put(setting, choose(setting, flags, environment, keys, file));
    }
    return new SettingTexts(chosen);
  }

  public Chosen of(Setting setting) {
    Chosen known = chosen.get(setting);
    if (known == null) {
      throw new IllegalStateException(setting + " has no text");
    }
    return known;
  }

  public String text(Setting setting) {
    return of(setting).text();
  }

  private static Chosen choose(
      Setting setting,
      Map<String, String> flags,
      Map<String, String> environment,
      Map<String, String> keys,
      @Nullable String file) {
    String flag = flags.get(setting.flag());
    if (flag != null) {
      return new Chosen(flag, FLAG + setting.flag());
    }
    String variable = environment.get(setting.variable());
    if (variable != null && !(setting == Setting.PORT && LINK.matcher(variable).matches())) {
      return new Chosen(variable, "environment " + setting.variable());
    }
    String key = keys.get(setting.key());
    if (key != null) {
      return new Chosen(key, "file " + file);
    }
    return new Chosen(setting.defaultText(), "default");
  }

  private static void refuseUnknownVariables(Map<String, String> environment) {
    for (String variable : environment.keySet()) {
      if (variable.startsWith(Setting.ENVIRONMENT_PREFIX)
          && !variable.equals(CONFIG_VARIABLE)
          && !FOREIGN_VARIABLE.matcher(variable).matches()
          && settings().map(Setting::variable).noneMatch(variable::equals)) {
        throw new InvalidSettingException(
            variable,
            "unknown in the environment; "
                + Suggestions.hint(variable, settings().map(Setting::variable)));
      }
    }
  }

  /**
   * @param named by what the file was named, for an error message
   */
  private static Map<String, String> read(String named, String file) {
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
              .formatted(reason(e, file), file));
    }
    for (String key : keys.keySet()) {
      if (settings().map(Setting::key).noneMatch(key::equals)) {
        throw new InvalidSettingException(
            key,
            "unknown in %s; %s"
                .formatted(file, Suggestions.hint(key, settings().map(Setting::key))));
      }
    }
    return keys;
  }

  /** The next line with those that continue it; null after the last. */
  private static @Nullable String entry(LineNumberReader lines) throws IOException {
    String line = lines.readLine();
    if (line == null) {
      return null;
    }
    if (lines.getLineNumber() == 1 && line.startsWith(BYTE_ORDER_MARK)) {
      line = line.substring(BYTE_ORDER_MARK.length());
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

  /** Why the file could not be read, for an error message. */
  static String reason(Exception e, String file) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "this user has no permission";
      case CharacterCodingException _ -> "it is not a text in UTF-8";
      case InvalidPathException _ -> "this is not the name of a file";
      case IOException _ when Files.isDirectory(Path.of(file)) ->
          "it is a directory, and a file is needed";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static Stream<Setting> settings() {
    return Stream.of(Setting.values());
  }
}
