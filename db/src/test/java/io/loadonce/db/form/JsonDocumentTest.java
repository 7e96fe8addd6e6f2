package io.loadonce.db.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.Value;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers stay exact; what is nested too deeply is rejected. */
final class JsonDocumentTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "-0", "7", "1.50", "0.1", "1E5", "9007199254740992", "1e22", "1e-7", "1e308"})
  void read_numberThatADoubleHolds_isANumber(String literal) throws Exception {
    assertThat(JsonDocument.read(literal).getNumberValue()).isEqualTo(Double.parseDouble(literal));
    assertThat(JsonDocument.read(literal).hasNumberValue()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9007199254740993",
        "-9223372036854775808",
        "18446744073709551615",
        "12345678901234567.89",
        "1e400",
        "-1e999",
        "1e-400",
        "1e99999999999"
      })
  void read_numberThatADoubleDoesNotHold_isItsDigits(String literal) throws Exception {
    assertThat(JsonDocument.read(literal)).isEqualTo(JsonValues.text(literal));
  }

  @Test
  void read_numberOfManyDigits_isItsDigits() throws Exception {
    String literal = "1" + "0".repeat(5_000);
    assertThat(JsonDocument.read("[" + literal + ",1]").getListValue().getValues(0))
        .isEqualTo(JsonValues.text(literal));
  }

  @Test
  void read_anyNumber_isTheSameNumber() throws Exception {
    for (int seed = 0; seed < 20_000; seed++) {
      Random chance = new Random(seed);
      String literal =
          new BigDecimal(chance.nextLong() >> chance.nextInt(64))
              .movePointLeft(chance.nextInt(-5, 25))
              .toString();

      Value value = JsonDocument.read(literal);

      BigDecimal read =
          value.hasNumberValue()
              ? new BigDecimal(Double.toString(value.getNumberValue()))
              : new BigDecimal(value.getStringValue());
      assertThat(read).as("seed %d", seed).isEqualByComparingTo(literal);
    }
  }

  @Test
  void read_otherValues_areTheSameJson() throws Exception {
    Value value =
        JsonDocument.read("{\"a\": [true, null, {}, []], \"b\\ud800\": \"\\ud83d\\ude00\"}");

    assertThat(value.getStructValue().getFieldsMap()).containsOnlyKeys("a", "b\uFFFD");
    assertThat(value.getStructValue().getFieldsOrThrow("b\uFFFD").getStringValue())
        .isEqualTo("\uD83D\uDE00");
    assertThat(value.getStructValue().getFieldsOrThrow("a").getListValue().getValuesCount())
        .isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[1", "{\"a\":1}x", "[1]]"})
  void read_noJson_isUnreadable(String document) {
    assertThatExceptionOfType(UnreadableValueException.class)
        .isThrownBy(() -> JsonDocument.read(document))
        .withMessage("it is not JSON");
  }
}
