package io.loadonce.db.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.loadonce.db.source.SourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written by hand is, byte for byte, what the generated code writes. */
final class StructEncodingTest {

  @Test
  void encode_anyRow_isWhatTheGeneratedCodeWrites() throws Exception {
    for (int seed = 0; seed < 2_000; seed++) {
      Random chance = new Random(seed);
      List<String> names = new ArrayList<>();
      List<Value> values = new ArrayList<>();
      Struct.Builder generated = Struct.newBuilder();
      for (int i = chance.nextInt(6); i > 0; i--) {
        String name = i + text(chance);
        Value value = value(chance, /* levels= */ 3);
        names.add(name);
        values.add(value);
        generated.putFields(name, value);
      }

      StructEncoding encoding = new StructEncoding(names, Integer.MAX_VALUE);
      assertThat(encoding.encode(values.toArray(Value[]::new)))
          .as("seed %d", seed)
          .isEqualTo(generated.build().toByteString());
    }
  }

  @Test
  void encode_largerThanItMayBe_isInvalid() throws Exception {
    StructEncoding encoding = new StructEncoding(List.of("v"), /* maxBytes= */ 20);

    assertThat(encoding.encode(new Value[] {JsonValues.text("x".repeat(11))}).size()).isEqualTo(20);
    assertThatExceptionOfType(SourceException.InvalidRow.class)
        .isThrownBy(() -> encoding.encode(new Value[] {JsonValues.text("x".repeat(12))}))
        .withMessage("the row has 21 bytes; at most 20 are taken");
  }

  private static Value value(Random chance, int levels) {
    return switch (chance.nextInt(levels == 0 ? 4 : 6)) {
      case 0 -> JsonValues.NULL;
      case 1 -> JsonValues.bool(chance.nextBoolean());
      case 2 -> JsonValues.number(chance.nextBoolean() ? 0 : chance.nextGaussian());
      case 3 -> JsonValues.text(text(chance));
      case 4 -> list(value(chance, levels - 1));
      default ->
          Value.newBuilder()
              .setStructValue(
                  Struct.newBuilder().putFields(text(chance), value(chance, levels - 1)))
              .build();
    };
  }

  private static Value list(Value element) {
    return Value.newBuilder().setListValue(ListValue.newBuilder().addValues(element)).build();
  }

  /** Around the lengths at which a length takes one byte more, in one to four bytes a character. */
  private static String text(Random chance) {
    String character = List.of("a", "é", "€", "🗼").get(chance.nextInt(4));
    return character.repeat(
        List.of(0, 1, 31, 42, 63, 127, 128, 5_461, 16_384).get(chance.nextInt(9)));
  }
}
