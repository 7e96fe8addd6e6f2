package io.loadonce.commands.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Structs;
import com.google.protobuf.util.Values;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonLineTest {

  private static final Struct EVERY_KIND =
      Struct.newBuilder()
          .putFields("whole", Values.of(2_138_551))
          .putFields("negative", Values.of(-1))
          .putFields("fraction", Values.of(0.5))
          .putFields("large", Values.of(1e300))
          .putFields("text", Values.of("a\"b\nc\u0001 ü"))
          .putFields("yes", Values.of(true))
          .putFields("null", Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build())
          .putFields("list", Values.of(List.of(Values.of(1), Values.of("x"))))
          .putFields("object", Value.newBuilder().setStructValue(Struct.newBuilder()).build())
          .build();

  @Test
  void of_everyKind_isOneLineInOrder() {
    assertThat(JsonLine.of(EVERY_KIND))
        .isEqualTo(
            "{\"whole\":2138551,\"negative\":-1,\"fraction\":0.5,\"large\":1.0E300,"
                + "\"text\":\"a\\\"b\\nc\\u0001 ü\",\"yes\":true,\"null\":null,"
                + "\"list\":[1,\"x\"],\"object\":{}}");
  }

  @Test
  void of_readBackByProtobuf_isTheSame() throws Exception {
    Struct.Builder back = Struct.newBuilder();
    JsonFormat.parser().merge(JsonLine.of(EVERY_KIND), back);

    assertThat(back.build()).isEqualTo(EVERY_KIND);
  }

  @Test
  void of_infinity_isRefused() {
    Struct infinite = Structs.of("n", Values.of(Double.POSITIVE_INFINITY));

    assertThatIllegalArgumentException().isThrownBy(() -> JsonLine.of(infinite));
  }
}
