package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private static final String DEFAULT = "default";

  /** Variables with our prefix that the server ignores: those of the launcher and the client. */
  private static final Pattern FOREIGN_VARIABLE =
      Pattern.compile(
          "LOADONCE_(JAVA_OPTS|TARGET|ADMIN|DEADLINE|ATTEMPTS|TLS|TLS_CA|TOKEN_FILE|IDS|IDS_FILE|PICK"
              + "|EXPONENT|CALLERS|CONNECTIONS|BATCH|DURATION|COUNT|WARMUP|SEED|JSON|LOOKUP|KEY"
              + "|MAX_AGE|MIN_VERSION|ONLY_IF_CACHED|ALL)");

  /**
   * Variables that Kubernetes sets in each pod for a service whose name is loadonce, or begins with
   * loadonce-, unless the pod has enableServiceLinks: false.
   */
  private static final Pattern SERVICE_VARIABLE =
      Pattern.compile(
          "LOADONCE_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\\d+_(TCP|UDP|SCTP)(_[A-Z]+)?)");

  /** Kubernetes sets this one too, and a setting may have the same name: LOADONCE_ADMIN_PORT. */
  private static final Pattern SERVICE_LINK = Pattern.compile("LOADONCE_(.*_)?PORT");

  private static final Pattern LINK = Pattern.compile("(tcp|udp|sctp)://.*");

  private final Map<Setting, SettingText> chosen;
  private final List<LookupTexts> lookups;
  private final Set<Setting> own;

  private SettingTexts(
      Map<Setting, SettingText> chosen, List<LookupTexts> lookups, Set<Setting> own) {
    this.chosen = chosen;
    this.lookups = lookups;
    this.own = own;
  }

  /**
   * @param flags the values of the command line, by flag; flags of settings and {@link
   *     #CONFIG_FLAG} only
   * @throws InvalidSettingException if the file cannot be read, or the file or the environment has
   *     an unknown key; names it and similar ones
   * @throws InvalidConfigException if keys of a YAML file are wrong
   */
  public static SettingTexts choose(Map<String, String> flags, Map<String, String> environment) {
    refuseUnknownVariables(environment);
    String file = file(flags, environment);
    String named = flags.containsKey(CONFIG_FLAG) ? "config" : CONFIG_VARIABLE;
    FileTexts texts = file == null ? FileTexts.NONE : FileTexts.read(named, file);
    Map<Setting, SettingText> chosen = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      SettingText given = given(setting, flags, environment);
      if (given != null && setting.scope() == Setting.Scope.ONE_LOOKUP) {
        requireNoLookups(given, texts, file);
      }
      SettingText standard = SettingText.of(setting, setting.defaultText(), DEFAULT);
      chosen.put(setting, given == null ? texts.settings().getOrDefault(setting, standard) : given);
    }
    return new SettingTexts(chosen, texts.lookups(), Set.of());
  }

  /** Returns the file that {@link #choose} reads, or null. */
  static @Nullable String file(Map<String, String> flags, Map<String, String> environment) {
    return flags.getOrDefault(CONFIG_FLAG, environment.get(CONFIG_VARIABLE));
  }

  public SettingText of(Setting setting) {
    SettingText known = chosen.get(setting);
    if (known == null) {
      throw new IllegalStateException(setting + " has no text");
    }
    return known;
  }

  public String text(Setting setting) {
    return of(setting).text();
  }

  /** Returns whether a flag, a variable or a file sets it. */
  boolean isGiven(Setting setting) {
    return !of(setting).origin().equals(DEFAULT);
  }

  /** Returns whether the lookup that these texts are for sets it itself. */
  boolean isOwn(Setting setting) {
    return own.contains(setting);
  }

  /** Returns the lookups of the file; empty if there is one lookup, which flags describe. */
  List<LookupTexts> lookups() {
    return lookups;
  }

  /** Returns these texts with those that the lookup overrides. */
  SettingTexts in(LookupTexts lookup) {
    Map<Setting, SettingText> all = new EnumMap<>(chosen);
    all.putAll(lookup.settings());
    return new SettingTexts(all, List.of(), lookup.settings().keySet());
  }

  /** Returns what a flag or a variable says, or null. */
  private static @Nullable SettingText given(
      Setting setting, Map<String, String> flags, Map<String, String> environment) {
    String flag = flags.get(setting.flag());
    if (flag != null) {
      return SettingText.ofFlag(setting, flag);
    }
    String variable = environment.get(setting.variable());
    if (variable != null && !isOfKubernetes(setting.variable(), variable)) {
      return SettingText.of(setting, variable, "environment " + setting.variable());
    }
    return null;
  }

  private static void requireNoLookups(SettingText given, FileTexts texts, @Nullable String file) {
    if (!texts.lookups().isEmpty()) {
      throw new InvalidSettingException(
          given.named(),
          "is set by %s, and %s has lookups; set it in a lookup of the file"
              .formatted(given.origin(), file));
    }
  }

  private static void refuseUnknownVariables(Map<String, String> environment) {
    for (Map.Entry<String, String> each : environment.entrySet()) {
      String variable = each.getKey();
      if (variable.startsWith(Setting.ENVIRONMENT_PREFIX)
          && !variable.equals(CONFIG_VARIABLE)
          && !FOREIGN_VARIABLE.matcher(variable).matches()
          && !isOfKubernetes(variable, each.getValue())
          && settings().map(Setting::variable).noneMatch(variable::equals)) {
        throw new InvalidSettingException(
            variable,
            "unknown in the environment; "
                + Suggestions.hint(variable, settings().map(Setting::variable)));
      }
    }
  }

  private static boolean isOfKubernetes(String variable, String value) {
    return SERVICE_VARIABLE.matcher(variable).matches()
        || (SERVICE_LINK.matcher(variable).matches() && LINK.matcher(value).matches());
  }

  private static Stream<Setting> settings() {
    return Stream.of(Setting.values());
  }
}
