package io.loadonce.server.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.util.Values;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written by hand is, byte for byte, what the generated code writes. */
final class EncodedRowTest {

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0",
    "1, 1, 1",
    "é, -1, 100",
    "9223372036854775807, 9223372036854775807, 128",
    "x, -9223372036854775808, 20000"
  })
  void of_anyRow_isWhatTheGeneratedCodeWrites(String text, long version, int length)
      throws Exception {
    Key id = KeyType.TEXT.parse(text);
    Struct data =
        length == 0
            ? Struct.getDefaultInstance()
            : Struct.newBuilder().putFields("name", Values.of("é".repeat(length))).build();

    assertThat(EncodedRow.of(new Row(id, version, data)).bytes())
        .isEqualTo(
            io.loadonce.v1.Resource.newBuilder()
                .setId(text)
                .setVersion(version)
                .setData(data)
                .build()
                .toByteString());
  }
}
