package io.loadonce.db.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Ids of every type: the first byte chooses the type, the rest is the text. */
class IdFuzzTest {

  private static final KeyType[] TYPES = KeyType.values();

  @FuzzTest
  void parse_anyText_isAKeyOrOneShortLine(byte[] input) throws InvalidIdException {
    if (input.length == 0) {
      return;
    }
    KeyType type = TYPES[Byte.toUnsignedInt(input[0]) % TYPES.length];
    String text = new String(Arrays.copyOfRange(input, 1, input.length), StandardCharsets.UTF_8);
    Key key;
    try {
      key = type.parse(text);
    } catch (InvalidIdException e) {
      assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContainPattern("\\p{Cntrl}");
      return;
    }
    // The canonical text has one form, which stands for the same key.
    assertThat(type.parse(key.text())).isEqualTo(key).hasSameHashCodeAs(key);
    assertThat(type.parse(key.text()).text()).isEqualTo(key.text());
    assertThat(type.parameter(key)).isNotNull();
    assertThat(key.memoryBytes()).isPositive();
  }
}
