package io.loadonce.db.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.nio.charset.StandardCharsets;

/** JSON documents of columns: what is read can be sent, and a caller's protobuf can parse it. */
class JsonFuzzTest {

  @FuzzTest
  void read_anyText_isAValueOrUnreadable(byte[] input) throws InvalidProtocolBufferException {
    Value value;
    try {
      value = JsonDocument.read(new String(input, StandardCharsets.UTF_8));
    } catch (UnreadableValueException e) {
      assertThat(e.getMessage()).isNotEmpty().hasSizeLessThan(200);
      return;
    }
    Struct row = Struct.newBuilder().putFields("column", value).build();
    assertThat(Struct.parseFrom(row.toByteArray())).isEqualTo(row);
  }
}
