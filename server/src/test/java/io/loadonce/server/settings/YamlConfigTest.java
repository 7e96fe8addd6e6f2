package io.loadonce.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.Rows;
import io.loadonce.server.lookup.LookupConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A YAML file with lookups: what it means, and what is rejected with which line and column. */
class YamlConfigTest {

  private static final long HEAP = 1L << 30;

  private static final String SHOP =
      """
      database:
        url: jdbc:postgresql://db.example/shop
        user: reader
        password-file: secret
      ttl: 30s
      cache-bytes: 10MiB
      lookups:
        product:
          query: SELECT sku, name, version FROM product WHERE sku IN (:ids)
          key: sku text
          version-column: version
          ttl: 5m
          cache-bytes: 4MiB
        price:
          query: SELECT tenant_id, sku, amount FROM price WHERE (tenant_id, sku) IN (:ids)
          key: [tenant_id bigint, sku text]
        order-lines:
          query-file: sql/order-lines.sql
          key: order_id bigint
          rows: many
          max-rows: 10
          changes: ['order_line(order_id)', 'sales."Order"(id)']
      """;

  /** A lookup without mistakes, to which a test adds one. */
  private static final String PRODUCT =
      """
      lookups:
        product:
          query: SELECT sku FROM product WHERE sku IN (:ids)
          key: sku text
      """;

  @TempDir Path directory;

  @Test
  void file_withLookups_isReadIntoTheirSettings() throws Exception {
    Settings settings = shop(Map.of(), Map.of());

    assertThat(settings.database().user()).isEqualTo("reader");
    assertThat(settings.database().password().text()).isEqualTo("s3cret");
    assertThat(settings.lookups())
        .extracting(lookup -> lookup.settings().name())
        .containsExactly("product", "price", "order-lines");
    LookupConfig product = settings.lookups().get(0);
    assertThat(product.settings())
        .isEqualTo(
            LookupSettings.of("SELECT sku, name, version FROM product WHERE sku IN (:ids)")
                .withName("product")
                .withKey("sku", KeyType.TEXT)
                .withVersionColumn("version"));
    assertThat(product.cache().timeToLive()).isEqualTo(Duration.ofMinutes(5));
    LookupConfig price = settings.lookups().get(1);
    assertThat(price.settings().key()).hasToString("tenant_id bigint, sku text");
    assertThat(price.cache().timeToLive()).isEqualTo(Duration.ofSeconds(30));
    LookupConfig lines = settings.lookups().get(2);
    assertThat(lines.settings().rows()).isEqualTo(Rows.MANY);
    assertThat(lines.settings().maxRows()).isEqualTo(10);
    assertThat(lines.settings().query())
        .hasToString("SELECT order_id, sku FROM order_line WHERE order_id IN (:ids)");
    assertThat(lines.changes()).containsExactly("order_line(order_id)", "sales.\"Order\"(id)");
  }

  @Test
  void file_ofTheDocumentation_isRead() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "settings.md"));
    int begin = page.indexOf("```yaml\n") + "```yaml\n".length();
    String example = page.substring(begin, page.indexOf("```", begin));
    file("secret", "s3cret");
    file("sql/order-lines.sql", "SELECT order_id FROM order_line WHERE order_id IN (:ids)");

    assertThat(settings(example.replace("/run/secrets/db", "secret"), Map.of(), Map.of()).lookups())
        .extracting(lookup -> lookup.settings().name())
        .containsExactly("product", "price", "order-lines");
  }

  @Test
  void cacheBytes_oneLookupHasItsOwn_othersShareTheRestEqually() throws Exception {
    Settings settings = shop(Map.of(), Map.of());

    assertThat(settings.lookups())
        .extracting(lookup -> lookup.cache().maxBytes() >> 20)
        .containsExactly(4L, 3L, 3L);
    assertThat(settings.cacheBytes()).isEqualTo(10 << 20);
    assertThat(settings.lookups().get(1).cache().maxNegativeBytes()).isEqualTo((10 << 20) / 16 / 3);
  }

  @Test
  void cacheBytes_ownPartsAreMoreThanTheTotal_isRejected() throws Exception {
    file("secret", "s3cret\n");
    file("sql/order-lines.sql", "SELECT order_id FROM order_line WHERE order_id IN (:ids)");
    String small = SHOP.replace("cache-bytes: 10MiB", "cache-bytes: 3MiB");

    assertThatThrownBy(() -> settings(small, Map.of(), Map.of()))
        .hasMessage(
            place(6, 14)
                + ": cache-bytes: is 3145728 for all lookups together, and the lookups have 4194304"
                + " of their own; raise it or lower theirs");
  }

  @Test
  void cacheBytes_ownPartsUseAllOfTheTotal_isRejectedIfOthersHaveNone() throws Exception {
    file("secret", "s3cret\n");
    file("sql/order-lines.sql", "SELECT order_id FROM order_line WHERE order_id IN (:ids)");
    String small = SHOP.replace("cache-bytes: 10MiB", "cache-bytes: 4MiB");

    assertThatThrownBy(() -> settings(small, Map.of(), Map.of()))
        .hasMessage(
            place(6, 14)
                + ": cache-bytes: is 4194304, and the lookups with a budget of their own use all of"
                + " it; raise it, since 2 lookups have none");
  }

  @Test
  void maxRowsFlag_besideAFile_isNamed() throws Exception {
    assertThatThrownBy(() -> shop(Map.of("--max-row-bytes", "0"), Map.of()))
        .hasMessageStartingWith("max-row-bytes: must be bytes from 1 to 67108864");
  }

  @Test
  void value_ofTheProcess_flagWinsOverEnvironmentOverFile() throws Exception {
    assertThat(timesToLive(shop(Map.of(), Map.of("LOADONCE_TTL", "2m"))))
        .containsExactly(300L, 120L, 120L);
    assertThat(timesToLive(shop(Map.of("--ttl", "3m"), Map.of("LOADONCE_TTL", "2m"))))
        .containsExactly(300L, 180L, 180L);
  }

  @Test
  void flagOfTheOneLookup_besideLookups_isRejected() {
    assertThatThrownBy(() -> settings(PRODUCT, Map.of("--query", "x"), Map.of()))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(
            "query: is set by flag --query, and %s has lookups; set it in a lookup of the file"
                .formatted(config()));
    assertThatThrownBy(() -> settings(PRODUCT, Map.of(), Map.of("LOADONCE_KEY_TYPE", "text")))
        .hasMessageStartingWith("key-type: is set by environment LOADONCE_KEY_TYPE, and ");
  }

  @Test
  void flagOfTheOneLookup_besideAFileWithoutLookups_describesIt() throws Exception {
    Settings settings = settings("ttl: 9s\n", Map.of("--key-type", "text"), Map.of());

    assertThat(settings.lookups().getFirst().settings().key()).hasToString("id text");
    assertThat(settings.lookups().getFirst().cache().timeToLive()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void file_empty_isRejected() {
    for (String empty : List.of("", "# nothing\n", "---\n")) {
      assertThatThrownBy(() -> settings(empty, Map.of(), Map.of()))
          .isInstanceOf(InvalidSettingException.class)
          .hasMessage(
              "config: %s is empty; write a setting into it, such as ttl: 60s, or leave out the file"
                  .formatted(config()));
    }
  }

  @Test
  void queryFile_withAByteOrderMark_isReadWithoutIt() throws Exception {
    file("a.sql", "\uFEFFSELECT sku FROM p WHERE sku IN (:ids)");

    assertThat(
            settings("lookups: {a: {query-file: a.sql, key: sku text}}", Map.of(), Map.of())
                .lookups()
                .getFirst()
                .settings()
                .query())
        .hasToString("SELECT sku FROM p WHERE sku IN (:ids)");
  }

  @Test
  void keys_unknown_areNamedWithPlaceAndASimilarOne() {
    String wrong =
        """
        prot: 1
        db-url: x
        query: x
        listen-table: x
        database:
          usr: x
        flavour: x
        """;
    assertThatIsRejected(
        wrong + PRODUCT + "    tll: 5m\n",
        "1:1: prot: unknown key; did you mean port?",
        "2:1: db-url: unknown here; write url under database",
        "3:1: query: unknown here; a YAML file has it in each lookup, under lookups",
        "4:1: listen-table: unknown in a YAML file; write changes in a lookup",
        "6:3: database.usr: unknown key; did you mean user or url?",
        "7:1: flavour: unknown key; docs/settings.md lists the keys",
        "12:5: lookups.product.tll: unknown key; did you mean ttl?");
  }

  @Test
  void key_twice_isRejectedWithBothPlaces() {
    assertThatIsRejected(
        PRODUCT + "    key: sku text\n  product:\n    key: sku text\n",
        "6:3: lookups.product: stands twice, before at " + place(2, 3) + "; keep one of them",
        "5:5: lookups.product.key: stands twice, before at " + place(4, 5) + "; keep one of them");
  }

  @Test
  void values_ofAWrongForm_areRejected() {
    assertThatIsRejected(
        """
        ttl: [1s]
        port:
        database: x
        lookups:
          product: x
          price:
            key: []
            query: {a: b}
        """,
        "1:1: ttl: must be one value; it is a list",
        "2:1: port: must be one value; it is empty",
        "3:1: database: must be keys with values; it is 'x'",
        "5:3: lookups.product: must be keys with values; it is 'x'",
        "7:5: lookups.price.key: must have at least one value; it is an empty list",
        "8:5: lookups.price.query: must be one value; it is a mapping");
    assertThatIsRejected("- a\n", "1:1: must be keys with values, such as ttl: 60s; it is a list");
    assertThatIsRejected(
        "lookups: {}\n", "1:1: lookups: has no lookup; write a name with its query and its key");
  }

  @Test
  void lookups_wrong_areRejectedWithAProblemOfEach() {
    assertThatIsRejected(
        """
        lookups:
          a: {query: SELECT sku FROM product, key: sku text}
          b: {query: "SELECT sku FROM p WHERE sku IN (:ids)", key: sku txt}
          c: {query: "SELECT sku FROM p WHERE sku IN (:ids)", key: sku}
          d: {query: "SELECT sku FROM p WHERE sku IN (:ids)", key: sku text, ttl: 60}
          e: {query-file: nope.sql, key: sku text}
          f: {query: "SELECT sku FROM p WHERE sku = ANY(:ids)", key: [a int, b int]}
          g: {key: sku text}
          h: {query: "SELECT sku FROM p WHERE sku IN (:ids)"}
          i: {query: "SELECT sku FROM p WHERE sku IN (:ids)", key: sku text, rows: some}
          j: {query: "SELECT sku FROM p WHERE sku IN (:ids)", key: sku text, max-rows: 5}
          k: {query: "SELECT sku FROM p WHERE sku IN (:ids)", key: sku text, changes: a}
          1l: {query: "SELECT sku FROM p WHERE sku IN (:ids)", key: sku text}
          m: {query: "SELECT sku FROM p WHERE sku IN (:ids)", query-file: x, key: sku text}
          n: {query: "SELECT sku FROM p WHERE sku IN (:ids)", key: sku text, version-column: ""}
          o: {query: "SELECT a, b FROM p WHERE (a, b) IN (:ids)", key: [a int, b int], changes: [p(a, b)]}
          p: {query: "SELECT sku FROM p WHERE sku IN (:ids) LIMIT 5", key: sku text}
        """,
        "2:14: lookups.a.query: has no :ids; write WHERE key IN (:ids)",
        "3:60: lookups.b.key: unknown type txt; did you mean text or int?; it is 'sku txt'",
        "4:60: lookups.c.key: must be a column and its type, such as sku text; it is 'sku'",
        "5:75: lookups.d.ttl: must be a time from 0s to 8760h, such as 500ms, 10s or 2m; it is"
            + " '60'",
        "6:19: lookups.e.query-file: cannot be read (there is no such file); it is '"
            + directory.resolve("nope.sql")
            + "'",
        "7:14: lookups.f.query: = ANY(:ids) needs a key of one column; write WHERE (a, b) IN"
            + " (:ids)",
        "8:3: lookups.g: needs query or query-file: SELECT ... WHERE key IN (:ids)",
        "9:3: lookups.h: needs a key; write it like key: id bigint",
        "10:76: lookups.i.rows: must be one of one, many; it is 'some'",
        "11:80: lookups.j.max-rows: is only used with rows: many; add that, or remove max-rows",
        "12:79: lookups.k.changes: must be a table and its columns that hold the key, such as"
            + " order_line(order_id); it is 'a'",
        "13:3: lookups.1l: a name has 1 to 63 letters, digits, - and _, of which the first is a"
            + " letter",
        "14:67: lookups.m.query-file: is set beside query; keep one of the two",
        "15:86: lookups.n.version-column: must not be empty; name a column of the query",
        "16:90: lookups.o.changes: must be in quotes, since a list in YAML is split at each comma:"
            + " changes: [\"price(tenant_id, sku)\"]; it is 'p(a'",
        "17:14: lookups.p.query: LIMIT applies to all ids of a statement together, so that the rows"
            + " of an id would depend on the others; remove it, or set max-ids-per-query to 1");
  }

  @Test
  void file_noYamlOrBeyondItsLimits_isRejectedOnOneLine() {
    assertThatIsRejected(
        "ttl: 60s\n  port: 5\n", "2:7: is not YAML: mapping values are not allowed here");
    assertThatIsRejected("a: " + "[".repeat(100_000), "1:13: is nested deeper than 10 levels");
    assertThatIsRejected(
        "a: &a [x]\nb: [" + "*a, ".repeat(200) + "]\n",
        "2:405: is one alias too many; a file may have 100");
    assertThatThrownBy(() -> settings("#".repeat((1 << 20) + 1), Map.of(), Map.of()))
        .hasMessage("config: " + config() + " must not be larger than 1048576 bytes");
  }

  @Test
  void printConfig_readAgain_hasTheSameSettings() throws Exception {
    Map<String, String> flags = Map.of("--ttl", "7s");
    Settings settings = shop(flags, Map.of());
    ByteArrayOutputStream page = new ByteArrayOutputStream();

    new ConfigPage(SettingTexts.choose(withConfig(flags), Map.of()), settings)
        .print(new PrintStream(page, /* autoFlush= */ true, StandardCharsets.UTF_8));

    String text = page.toString(StandardCharsets.UTF_8);
    assertThat(text).contains("ttl: 7s  # flag --ttl").doesNotContain("s3cret");
    assertThat(settings(text, Map.of(), Map.of())).isEqualTo(settings);
  }

  private void assertThatIsRejected(String text, String... problems) {
    List<String> lines =
        List.of(problems).stream().map(problem -> config() + ":" + problem).toList();
    assertThatThrownBy(() -> settings(text, Map.of(), Map.of()))
        .hasMessage(String.join("\n", lines));
  }

  private static List<Long> timesToLive(Settings settings) {
    return settings.lookups().stream()
        .map(lookup -> lookup.cache().timeToLive().toSeconds())
        .toList();
  }

  private Settings shop(Map<String, String> flags, Map<String, String> environment)
      throws Exception {
    file("secret", "s3cret\n");
    file("sql/order-lines.sql", "SELECT order_id, sku FROM order_line WHERE order_id IN (:ids);\n");
    return settings(SHOP, flags, environment);
  }

  private Settings settings(String text, Map<String, String> flags, Map<String, String> environment)
      throws Exception {
    file("loadonce.yaml", text);
    return Settings.of(SettingTexts.choose(withConfig(flags), environment), HEAP);
  }

  private Map<String, String> withConfig(Map<String, String> flags) {
    Map<String, String> all = new java.util.HashMap<>(flags);
    all.put("--config", config());
    return all;
  }

  private String config() {
    return directory.resolve("loadonce.yaml").toString();
  }

  private String place(int line, int column) {
    return config() + ":" + line + ":" + column;
  }

  private void file(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
