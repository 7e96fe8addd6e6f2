package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.jdbc.EmbeddedCities;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.Rows;
import io.loadonce.db.lookup.SelectByIds;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lookup.LookupConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns the texts of the settings into lookups: those of the file, or those of the flags. */
final class LookupConfigs {

  private static final int MAX_QUERY_BYTES = 1 << 16;

  private static final String NAME = "(?:[A-Za-z_]\\w{0,62}|\"[^\"\\p{Cntrl}]{1,63}\")";

  /** A table, with its schema or without, and the columns that hold the key. */
  private static final Pattern CHANGES =
      Pattern.compile("(NAME\\.)?NAME\\(NAME(\\s*,\\s*NAME)*\\)".replace("NAME", NAME));

  private final SettingTexts texts;
  private final List<String> problems = new ArrayList<>();

  /** Ends, or begins, between the parentheses. */
  private static final Pattern PART_OF_CHANGES = Pattern.compile("[^()]*\\([^)]*|[^(]*\\)");

  private LookupConfigs(SettingTexts texts) {
    this.texts = texts;
  }

  /**
   * @param maxHeapBytes the heap, of which the memory budgets are a share unless they are set
   * @throws InvalidSettingException if the setting of a flag is wrong
   * @throws InvalidConfigException if lookups of the file are wrong; has a problem of each
   */
  static List<LookupConfig> of(SettingTexts texts, long maxHeapBytes) {
    if (texts.lookups().isEmpty()) {
      SettingValues values = new SettingValues(texts);
      List<LookupSettings> queries = withoutFile(texts, values);
      CacheShares shares = CacheShares.of(texts, queries.size(), maxHeapBytes);
      return queries.stream()
          .map(query -> new LookupConfig(query, cache(values, shares.of(texts)), load(values)))
          .toList();
    }
    CacheShares shares = CacheShares.of(texts, texts.lookups().size(), maxHeapBytes);
    LookupConfigs configs = new LookupConfigs(texts);
    List<LookupConfig> all =
        texts.lookups().stream()
            .map(lookup -> configs.read(lookup, shares))
            .flatMap(Stream::ofNullable)
            .toList();
    if (!configs.problems.isEmpty()) {
      throw new InvalidConfigException(configs.problems);
    }
    return all;
  }

  private @Nullable LookupConfig read(LookupTexts lookup, CacheShares shares) {
    SettingTexts own = texts.in(lookup);
    SettingValues values = new SettingValues(own);
    try {
      LookupSettings query = query(lookup, values);
      List<String> changes =
          lookup.all(LookupField.CHANGES).stream().map(LookupConfigs::changes).toList();
      return new LookupConfig(query, cache(values, shares.of(own)), load(values), changes);
    } catch (InvalidSettingException e) {
      problems.add(e.getMessage());
      return null;
    }
  }

  /** The lookup of the flags; the cities have a second one, unless a query is set. */
  private static List<LookupSettings> withoutFile(SettingTexts texts, SettingValues values) {
    LookupSettings one = one(values);
    boolean isCities =
        texts.text(Setting.DB_URL).equals(EmbeddedCities.DATABASE.url())
            && !texts.isGiven(Setting.QUERY);
    return isCities
        ? List.of(
            one,
            EmbeddedCities.OF_COUNTRY
                .withMaxIdsPerQuery(one.maxIdsPerQuery())
                .withMaxRowBytes(one.maxRowBytes()))
        : List.of(one);
  }

  /** The lookup that flags, variables or a properties file describe. */
  private static LookupSettings one(SettingValues values) {
    return new LookupSettings(
        LookupSettings.DEFAULT_NAME,
        SelectByIds.parse(values.text(Setting.QUERY)),
        KeyColumns.of(
            values.text(Setting.KEY_COLUMN), values.oneOf(Setting.KEY_TYPE, KeyType.class)),
        Rows.ONE,
        values.has(Setting.VERSION_COLUMN) ? values.text(Setting.VERSION_COLUMN) : null,
        values.integer(Setting.MAX_IDS_PER_QUERY, 1, SelectByIds.MAX_IDS),
        maxRows(values),
        maxRowBytes(values));
  }

  private static LookupSettings query(LookupTexts lookup, SettingValues values) {
    SelectByIds query = select(lookup);
    SettingText rowsText = lookup.one(LookupField.ROWS);
    Rows rows = rowsText == null ? Rows.ONE : SettingValues.oneOf(rowsText, Rows.class);
    SettingText ownMaxRows = lookup.settings().get(Setting.MAX_ROWS);
    if (rows == Rows.ONE && ownMaxRows != null) {
      throw new InvalidSettingException(
          ownMaxRows.named(), "is only used with rows: many; add that, or remove max-rows");
    }
    if (lookup.all(LookupField.KEY).isEmpty()) {
      throw new InvalidSettingException(
          lookup.name().named(), "needs a key; write it like key: id bigint");
    }
    List<KeyColumn> columns = lookup.all(LookupField.KEY).stream().map(LookupConfigs::key).toList();
    SettingText version = lookup.one(LookupField.VERSION_COLUMN);
    KeyColumns key = located(lookup.all(LookupField.KEY).getFirst(), () -> new KeyColumns(columns));
    int maxIds = values.integer(Setting.MAX_IDS_PER_QUERY, 1, SelectByIds.MAX_IDS);
    int maxRows = maxRows(values);
    int maxRowBytes = maxRowBytes(values);
    return located(
        lookup,
        () ->
            new LookupSettings(
                lookup.name().text(),
                query,
                key,
                rows,
                version == null ? null : version.text(),
                maxIds,
                maxRows,
                maxRowBytes));
  }

  private static SelectByIds select(LookupTexts lookup) {
    SettingText query = lookup.one(LookupField.QUERY);
    SettingText file = lookup.one(LookupField.QUERY_FILE);
    if (query != null && file != null) {
      throw new InvalidSettingException(file.named(), "is set beside query; keep one of the two");
    }
    if (file != null) {
      query = file.withText(SettingValues.content(file, MAX_QUERY_BYTES));
    }
    if (query == null) {
      throw new InvalidSettingException(
          lookup.name().named(), "needs query or query-file: SELECT ... WHERE key IN (:ids)");
    }
    String text = query.text();
    return located(query, () -> SelectByIds.parse(text));
  }

  private static KeyColumn key(SettingText chosen) {
    String text = chosen.text().strip();
    int blank = text.lastIndexOf(' ');
    if (blank < 0) {
      throw SettingValues.wrong(chosen, "must be a column and its type, such as sku text");
    }
    String type = text.substring(blank + 1);
    List<String> types = Stream.of(KeyType.values()).map(KeyType::toString).toList();
    if (!types.contains(type)) {
      throw SettingValues.wrong(
          chosen,
          "unknown type %s; %s"
              .formatted(
                  SettingValues.shown(type),
                  Suggestions.hint(
                      type, types.stream(), "the types are " + String.join(", ", types))));
    }
    return new KeyColumn(
        text.substring(0, blank).strip(), KeyType.valueOf(type.toUpperCase(Locale.ROOT)));
  }

  private static String changes(SettingText chosen) {
    String text = chosen.text().strip();
    if (PART_OF_CHANGES.matcher(text).matches()) {
      throw SettingValues.wrong(
          chosen,
          "must be in quotes, since a list in YAML is split at each comma:"
              + " changes: [\"price(tenant_id, sku)\"]");
    }
    if (!CHANGES.matcher(text).matches()) {
      throw SettingValues.wrong(
          chosen,
          "must be a table and its columns that hold the key, such as order_line(order_id)");
    }
    return text;
  }

  private static int maxRows(SettingValues values) {
    return values.integer(Setting.MAX_ROWS, 1, LookupSettings.MAX_ROWS);
  }

  private static int maxRowBytes(SettingValues values) {
    return (int) values.bytes(Setting.MAX_ROW_BYTES, 1, LookupSettings.MAX_ROW_BYTES);
  }

  private static CacheSettings cache(SettingValues values, CacheShares.Share share) {
    return new CacheSettings(
        values.duration(Setting.TTL, Duration.ZERO, Settings.MAX_TTL),
        values.has(Setting.REFRESH_AFTER)
            ? values.duration(Setting.REFRESH_AFTER, Duration.ofMillis(1), Settings.MAX_TTL)
            : CacheSettings.NEVER,
        values.duration(Setting.NEGATIVE_TTL, Duration.ZERO, Settings.MAX_TTL),
        values.number(Setting.TTL_JITTER, 0, 1),
        share.bytes(),
        share.negativeBytes());
  }

  private static LoadSettings load(SettingValues values) {
    return new LoadSettings(
        values.number(Setting.EARLY_REFRESH, 0, 100),
        values.duration(Setting.STALE_ON_ERROR, Duration.ZERO, Settings.MAX_TTL),
        values.duration(Setting.STALE_ON_DISCONNECT, Duration.ZERO, Settings.MAX_TTL),
        values.duration(Setting.MAX_QUEUE_TIME, Duration.ofMillis(1), DatabaseSettings.MAX_TIMEOUT),
        values.cacheUse(Setting.SWITCH));
  }

  /** Runs a check of a whole lookup, and adds the place of the value that its message names. */
  private static <T> T located(LookupTexts lookup, Supplier<T> check) {
    try {
      return check.get();
    } catch (InvalidSettingException e) {
      String message = String.valueOf(e.getMessage());
      int end = message.indexOf(": ");
      String key = message.substring(0, end);
      SettingText place =
          Stream.of(LookupField.values())
              .filter(field -> field.key().equals(key) || field.key().equals(key + "-file"))
              .flatMap(field -> lookup.all(field).stream())
              .findFirst()
              .orElse(lookup.name());
      throw new InvalidSettingException(place.named(), message.substring(end + 2));
    }
  }

  /** Runs a check that knows the key and not its place, and adds the place to its message. */
  private static <T> T located(SettingText place, Supplier<T> check) {
    try {
      return check.get();
    } catch (InvalidSettingException e) {
      String message = String.valueOf(e.getMessage());
      if (message.startsWith(place.origin()) || message.contains(": lookups.")) {
        throw e;
      }
      throw new InvalidSettingException(
          place.named(), message.substring(message.indexOf(": ") + 2));
    }
  }
}
