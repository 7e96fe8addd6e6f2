package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A YAML file with the settings of the process, a section {@code database} and a section {@code
 * lookups}. Finds keys that are unknown or stand twice, and values of a wrong form; {@link
 * Settings} checks the texts.
 */
final class YamlFile {

  private static final String LOOKUPS = "lookups";

  /** A key of a mapping, and what stands behind it. */
  private record Entry(String place, String path, Node value) {}

  private final String file;
  private final List<String> problems = new ArrayList<>();
  private final Map<Setting, SettingText> settings = new EnumMap<>(Setting.class);
  private final List<LookupTexts> lookups = new ArrayList<>();

  private YamlFile(String file) {
    this.file = file;
  }

  /**
   * @param named by what the file was named, for an error message
   * @throws InvalidSettingException if the file cannot be read, is empty or is not YAML
   * @throws InvalidConfigException if keys are wrong or values have a wrong form
   */
  static FileTexts read(String named, String file) {
    Node root = YamlTree.read(named, file);
    if (root == null || root.getTag().equals(Tag.NULL)) {
      throw new InvalidSettingException(
          named,
          "%s is empty; write a setting into it, such as ttl: 60s, or leave out the file"
              .formatted(file));
    }
    YamlFile yaml = new YamlFile(file);
    yaml.readRoot(root);
    if (!yaml.problems.isEmpty()) {
      throw new InvalidConfigException(yaml.problems);
    }
    return new FileTexts(yaml.settings, yaml.lookups);
  }

  private void readRoot(Node root) {
    entries(new Entry(YamlTree.place(file, root), "", root))
        .forEach(
            (key, entry) -> {
              switch (key) {
                case Setting.DATABASE_SECTION ->
                    entries(entry).forEach((inner, value) -> readDatabase(inner, value));
                case LOOKUPS -> readLookups(entry);
                default -> readProcess(key, entry);
              }
            });
  }

  private void readProcess(String key, Entry entry) {
    Predicate<Setting> isHere =
        setting -> !setting.isInDatabaseSection() && setting.scope() != Setting.Scope.ONE_LOOKUP;
    Setting setting = find(key, isHere);
    if (setting != null) {
      put(setting, entry);
      return;
    }
    Setting elsewhere = find(key, Setting::isInDatabaseSection);
    Setting flag =
        Stream.of(Setting.values()).filter(each -> each.key().equals(key)).findFirst().orElse(null);
    if (elsewhere == null && flag != null && flag.isInDatabaseSection()) {
      elsewhere = flag;
    }
    if (elsewhere != null) {
      wrong(entry, "unknown here; write %s under database".formatted(elsewhere.yamlKey()));
    } else if (flag == Setting.LISTEN_TABLE) {
      wrong(entry, "unknown in a YAML file; write changes in a lookup");
    } else if (flag != null) {
      wrong(entry, "unknown here; a YAML file has it in each lookup, under lookups");
    } else {
      unknown(
          key, entry, Stream.concat(keys(isHere), Stream.of(Setting.DATABASE_SECTION, LOOKUPS)));
    }
  }

  private void readDatabase(String key, Entry entry) {
    Setting setting = find(key, Setting::isInDatabaseSection);
    if (setting == null) {
      unknown(key, entry, keys(Setting::isInDatabaseSection));
      return;
    }
    put(setting, entry);
  }

  private void put(Setting setting, Entry entry) {
    putOne(settings, setting, entry);
    if (setting.isFile()) {
      settings.computeIfPresent(setting, (_, chosen) -> besideThisFile(chosen));
    }
  }

  private void readLookups(Entry entry) {
    Map<String, Entry> named = entries(entry);
    if (named.isEmpty() && entry.value() instanceof MappingNode) {
      wrong(entry, "has no lookup; write a name with its query and its key");
    }
    named.forEach(this::readLookup);
  }

  private void readLookup(String name, Entry lookup) {
    Map<LookupField, List<SettingText>> keys = new EnumMap<>(LookupField.class);
    Map<Setting, SettingText> own = new EnumMap<>(Setting.class);
    entries(lookup)
        .forEach(
            (key, entry) -> {
              LookupField known =
                  Stream.of(LookupField.values())
                      .filter(each -> each.key().equals(key))
                      .findFirst()
                      .orElse(null);
              Setting setting = find(key, YamlFile::isInLookup);
              if (known != null) {
                List<SettingText> values = known.isList() ? list(entry) : one(entry);
                if (!values.isEmpty()) {
                  keys.put(known, values);
                }
              } else if (setting != null) {
                putOne(own, setting, entry);
              } else {
                unknown(
                    key,
                    entry,
                    Stream.concat(
                        Stream.of(LookupField.values()).map(LookupField::key),
                        keys(YamlFile::isInLookup)));
              }
            });
    keys.computeIfPresent(
        LookupField.QUERY_FILE, (_, values) -> List.of(besideThisFile(values.getFirst())));
    lookups.add(new LookupTexts(SettingText.at(lookup.place(), lookup.path(), name), keys, own));
  }

  private static boolean isInLookup(Setting setting) {
    return setting.scope() == Setting.Scope.EACH_LOOKUP;
  }

  /** Returns the entries of a mapping by their keys; a wrong one is a problem and left out. */
  private Map<String, Entry> entries(Entry parent) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    if (!(parent.value() instanceof MappingNode mapping)) {
      if (parent.path().isEmpty()) {
        problems.add(
            "%s: must be keys with values, such as ttl: 60s; it is %s"
                .formatted(parent.place(), form(parent.value())));
      } else {
        wrong(parent, "must be keys with values; it is " + form(parent.value()));
      }
      return entries;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      String place = YamlTree.place(file, tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        problems.add(place + ": a key must be a name; it is " + form(tuple.getKeyNode()));
        continue;
      }
      String key = SettingValues.shown(scalar.getValue());
      String path = parent.path().isEmpty() ? key : parent.path() + "." + key;
      Entry entry = new Entry(place, path, tuple.getValueNode());
      Entry before = entries.putIfAbsent(key, entry);
      if (before != null) {
        wrong(entry, "stands twice, before at %s; keep one of them".formatted(before.place()));
      }
    }
    return entries;
  }

  private void putOne(Map<Setting, SettingText> texts, Setting setting, Entry entry) {
    for (SettingText chosen : one(entry)) {
      texts.put(setting, chosen);
    }
  }

  /** Returns one value, or none and a problem. */
  private List<SettingText> one(Entry entry) {
    if (!(entry.value() instanceof ScalarNode scalar) || scalar.getTag().equals(Tag.NULL)) {
      wrong(entry, "must be one value; it is " + form(entry.value()));
      return List.of();
    }
    return List.of(SettingText.at(YamlTree.place(file, scalar), entry.path(), scalar.getValue()));
  }

  private List<SettingText> list(Entry entry) {
    if (!(entry.value() instanceof SequenceNode sequence)) {
      return one(entry);
    }
    List<SettingText> values = new ArrayList<>();
    for (Node node : sequence.getValue()) {
      values.addAll(one(new Entry(YamlTree.place(file, node), entry.path(), node)));
    }
    if (sequence.getValue().isEmpty()) {
      wrong(entry, "must have at least one value; it is an empty list");
    }
    return values;
  }

  private void unknown(String key, Entry entry, Stream<String> known) {
    wrong(entry, "unknown key; " + Suggestions.hint(key, known, "docs/settings.md lists the keys"));
  }

  private void wrong(Entry entry, String problem) {
    problems.add("%s: %s: %s".formatted(entry.place(), entry.path(), problem));
  }

  /** The path of a file that this file names is relative to the directory of this file. */
  private SettingText besideThisFile(SettingText chosen) {
    try {
      return chosen.withText(Path.of(file).resolveSibling(chosen.text()).toString());
    } catch (InvalidPathException _) {
      return chosen; // reading it names what is wrong
    }
  }

  private static String form(Node node) {
    return switch (node.getNodeType()) {
      case MAPPING -> "a mapping";
      case SEQUENCE -> "a list";
      case SCALAR ->
          node.getTag().equals(Tag.NULL)
              ? "empty"
              : "'" + SettingValues.shown(((ScalarNode) node).getValue()) + "'";
      case ANCHOR -> "an alias";
    };
  }

  private static @Nullable Setting find(String key, Predicate<Setting> isHere) {
    return Stream.of(Setting.values())
        .filter(isHere)
        .filter(setting -> setting.yamlKey().equals(key))
        .findFirst()
        .orElse(null);
  }

  private static Stream<String> keys(Predicate<Setting> isHere) {
    return Stream.of(Setting.values()).filter(isHere).map(Setting::yamlKey);
  }
}
