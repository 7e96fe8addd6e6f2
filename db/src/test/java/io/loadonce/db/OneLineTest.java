package io.loadonce.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OneLineTest {

  @Test
  void of_plainText_isUnchanged() {
    assertThat(OneLine.of("größer than 5 €: 'x' 日本 😀", 100))
        .isEqualTo("größer than 5 €: 'x' 日本 😀");
  }

  @Test
  void of_whiteSpace_isOneBlank() {
    assertThat(OneLine.of("\n a\r\n\tb\u2028\u00a0\u0085c \n", 100)).isEqualTo("a b \\u0085c");
  }

  @Test
  void of_charactersThatAreNotPrinted_areEscaped() {
    assertThat(OneLine.of("a\0\u001b[31m\u202e\ud800", 100))
        .isEqualTo("a\\u0000\\u001b[31m\\u202e\\ud800");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "€", "😀", "\0", "x "})
  void of_longText_isCutAtAWholeCharacter(String part) {
    for (int most = 10; most < 30; most++) {
      String line = OneLine.of(part.repeat(1_000), most);

      assertThat(line).endsWith("…").doesNotContain("?").doesNotContain("\ufffd");
      assertThat(line.getBytes(StandardCharsets.UTF_8).length).isBetween(most - 6, most);
    }
  }

  @Test
  void of_textOfExactlyThatLength_isNotCut() {
    assertThat(OneLine.of("12345", 5)).isEqualTo("12345");
    assertThat(OneLine.of("123456", 5)).isEqualTo("12…");
  }
}
