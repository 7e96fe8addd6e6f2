package io.loadonce.db.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyTest {

  private static final KeyColumns PRICE =
      new KeyColumns(
          List.of(new KeyColumn("tenant_id", KeyType.BIGINT), new KeyColumn("sku", KeyType.TEXT)));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "7",
        "007",
        "-7",
        "+7",
        "123456789012345678",
        "1234567890123456789",
        "",
        "-",
        "٧",
        "12a",
        "0b0f7a4e-93a5-4f0b-8d8c-0a1b2c3d4e5f",
        "0B0F7A4E-93A5-4F0B-8D8C-0A1B2C3D4E5F",
        "0b0f7a4e-93a5-4f0b-8d8c-0a1b2c3d4e5",
        "1-1-1-1-1",
        "+b0f7a4e-93a5-4f0b-8d8c-0a1b2c3d4e5f",
      })
  void of_text_keepsItAndIsEqualToItselfOnly(String text) {
    assertThat(Key.of(text).text()).isEqualTo(text);
    assertThat(Key.of(text)).isEqualTo(Key.of(text)).hasSameHashCodeAs(Key.of(text));
    assertThat(Key.of(text)).isNotEqualTo(Key.of(text + " "));
  }

  @Test
  void of_theSameValueInTwoWays_isEqual() {
    assertThat(Key.of("-42")).isEqualTo(Key.of(-42)).hasSameHashCodeAs(Key.of(-42));
    UUID uuid = UUID.fromString("0b0f7a4e-93a5-4f0b-8d8c-0a1b2c3d4e5f");
    assertThat(Key.of(uuid.toString())).isEqualTo(Key.of(uuid)).hasSameHashCodeAs(Key.of(uuid));
  }

  @Test
  void memoryBytes_numberAndUuid_areSmallerThanTheirTexts() {
    assertThat(Key.of("2988507").memoryBytes()).isEqualTo(24);
    assertThat(Key.of("0b0f7a4e-93a5-4f0b-8d8c-0a1b2c3d4e5f").memoryBytes()).isEqualTo(32);
    assertThat(Key.of("a-text").memoryBytes()).isGreaterThan(56);
  }

  @Test
  void compareTo_differentKinds_isAnOrder() {
    List<Key> keys =
        List.of(
            Key.of(-1),
            Key.of(5),
            Key.of(new UUID(1, 1)),
            Key.of(new UUID(1, 2)),
            Key.of("a"),
            Key.of("b"),
            Key.of(List.of(Key.of(1), Key.of("a"))),
            Key.of(List.of(Key.of(1), Key.of("b"))));
    for (int i = 0; i < keys.size(); i++) {
      for (int j = 0; j < keys.size(); j++) {
        assertThat(Integer.signum(keys.get(i).compareTo(keys.get(j))))
            .as("%s and %s", keys.get(i), keys.get(j))
            .isEqualTo(Integer.compare(i, j));
      }
    }
  }

  /** 100,000 numbers in a row fall into the buckets of a table as evenly as random ones. */
  @Test
  void hashCode_numbersInARow_spreads() {
    Map<Integer, Integer> buckets = new HashMap<>();
    for (long number = 0; number < 100_000; number++) {
      int hash = Key.of(number).hashCode();
      buckets.merge((hash ^ hash >>> 16) & 255, 1, Integer::sum);
    }
    assertThat(buckets).hasSize(256);
    assertThat(buckets.values()).allMatch(count -> count > 195 && count < 780);
  }

  @Test
  void parse_composite_keysThatSplitElsewhereAreTwo() throws InvalidIdException {
    KeyColumns texts =
        new KeyColumns(List.of(new KeyColumn("a", KeyType.TEXT), new KeyColumn("b", KeyType.TEXT)));

    assertThat(texts.parse(List.of("a|bc", "d"))).isNotEqualTo(texts.parse(List.of("a", "bc|d")));
    assertThat(texts.parse(List.of("ab", "c"))).isNotEqualTo(texts.parse(List.of("a", "bc")));
    assertThat(texts.parse(List.of("a", "b"))).isNotEqualTo(texts.parse(List.of("b", "a")));
    assertThat(PRICE.parse(List.of("007", "7")))
        .isEqualTo(PRICE.parse(List.of("7", "7")))
        .hasToString("(7, 7)");
  }

  @Test
  void parse_compositeFromWrongParts_saysWhatIsRight() {
    assertRefused(
        () -> PRICE.parse("7"),
        "this lookup has a key of 2 columns (tenant_id bigint, sku text); set key, with one part"
            + " for each column, and leave out id");
    assertRefused(
        () -> PRICE.parse(List.of("7")),
        "this lookup has a key of 2 columns (tenant_id bigint, sku text), and the request has 1"
            + " part");
    assertRefused(
        () -> PRICE.parse(List.of("x", "7")),
        "key part tenant_id: id must be a decimal number of at most 64 bits");
    assertRefused(
        () -> PRICE.parse(List.of("7", "x".repeat(256))),
        "key must not be longer than 256 bytes in all");
  }

  @Test
  void new_twoColumnsOfOneName_isRefused() {
    KeyColumn id = new KeyColumn("id", KeyType.TEXT);
    assertThatThrownBy(() -> new KeyColumns(List.of(id, id)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("key: names the column id twice");
    assertThatThrownBy(() -> new KeyColumns(List.of()))
        .hasMessage("key: must have 1 to 8 columns, not 0");
  }

  @ParameterizedTest
  @CsvSource({
    "INT, 2147483647, 2147483647",
    "SMALLINT, -32768, -32768",
    "NUMERIC, 1.50, 1.5",
    "NUMERIC, -0.0, 0",
    "NUMERIC, 100, 100",
    "NUMERIC, +0012.10, 12.1",
    "DATE, 2026-11-27, 2026-11-27",
    "CHAR, 'ab  ', ab",
    "ENUM, Open, Open",
  })
  void parse_type_isCanonical(KeyType type, String text, String canonical)
      throws InvalidIdException {
    assertThat(type.parse(text).text()).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "INT, 2147483648, id must be a decimal number of at most 32 bits",
    "SMALLINT, 32768, id must be a decimal number of at most 16 bits",
    "NUMERIC, 1e9, 'id must be a decimal number, such as 12 or 12.5'",
    "NUMERIC, NaN, 'id must be a decimal number, such as 12 or 12.5'",
    "NUMERIC, 1., 'id must be a decimal number, such as 12 or 12.5'",
    "CHAR, '   ', id must not be blank",
    "DATE, 2026-02-30, id must be a date of the form 2026-11-27",
    "DATE, 27.11.2026, id must be a date of the form 2026-11-27",
    "DATE, 0000-01-01, id must be a date of the form 2026-11-27",
  })
  void parse_notOfTheType_saysWhatIsRight(KeyType type, String text, String message) {
    assertRefused(() -> type.parse(text), message);
  }

  private interface Parsing {
    Key parse() throws InvalidIdException;
  }

  private static void assertRefused(Parsing parsing, String message) {
    assertThatExceptionOfType(InvalidIdException.class)
        .isThrownBy(parsing::parse)
        .withMessage(message);
  }
}
