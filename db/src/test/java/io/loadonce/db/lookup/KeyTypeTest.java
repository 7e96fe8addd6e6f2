package io.loadonce.db.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that the database takes for one key are one id, and others are refused. */
class KeyTypeTest {

  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "007, 7",
    "+7, 7",
    "-7, -7",
    "-007, -7",
    "0, 0",
    "00, 0",
    "-0, 0",
    "999999999999999999, 999999999999999999",
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775808, -9223372036854775808"
  })
  void parse_bigint_isTheNumber(String text, String canonical) throws Exception {
    assertThat(KeyType.BIGINT.parse(text).text()).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+",
        "1a",
        "a1",
        " 7",
        "7 ",
        "1.0",
        "7\n",
        "\u0667",
        "/",
        ":",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999"
      })
  void parse_noBigint_isRefused(String text) {
    assertThatExceptionOfType(InvalidIdException.class)
        .isThrownBy(() -> KeyType.BIGINT.parse(text));
  }

  @Test
  void parse_anyNumber_isWhatJavaMakesOfIt() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long number = random.nextLong() >> random.nextInt(Long.SIZE);
      assertThat(KeyType.BIGINT.parse(Long.toString(number)).text())
          .as("seed %d", seed)
          .isEqualTo(Long.toString(number));
    }
  }

  @Test
  void parse_uuid_isLowerCase() throws Exception {
    assertThat(KeyType.UUID.parse("00C0FFEE-0000-4000-8000-00000000ABCD").text())
        .isEqualTo("00c0ffee-0000-4000-8000-00000000abcd");
  }

  @ParameterizedTest
  @ValueSource(strings = {"00c0ffee", "00c0ffee-0000-4000-8000-00000000abcg", "{}"})
  void parse_noUuid_isRefused(String text) {
    assertThatExceptionOfType(InvalidIdException.class).isThrownBy(() -> KeyType.UUID.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "A", "a ", "Zürich", "' OR 1=1 --", "%00", "${jndi:x}"})
  void parse_text_isKeptAsItIs(String text) throws Exception {
    assertThat(KeyType.TEXT.parse(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0000", "a\r", "a\nb", "\u001b[31m", "\u007f", "\u0085"})
  void parse_controlCharacters_areRefusedForEveryType(String text) {
    for (KeyType type : KeyType.values()) {
      assertThatExceptionOfType(InvalidIdException.class)
          .isThrownBy(() -> type.parse(text))
          .withMessageContaining("control characters");
    }
  }
}
