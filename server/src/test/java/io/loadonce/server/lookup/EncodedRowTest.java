package io.loadonce.server.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.util.Values;
import io.loadonce.db.form.Row;
import io.loadonce.db.form.RowList;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void of_keyOfTwoColumns_hasItsPartsInPlaceOfAnId() throws Exception {
    Key key = Key.of(List.of(Key.of(7), Key.of("a|b")));
    Struct data = Struct.newBuilder().putFields("name", Values.of("é")).build();

    assertThat(EncodedRow.of(new Row(key, 5, data)).bytes())
        .isEqualTo(
            io.loadonce.v1.Resource.newBuilder()
                .addKey("7")
                .addKey("a|b")
                .setVersion(5)
                .setData(data)
                .build()
                .toByteString());
  }

  @Test
  void emptyList_anyKey_hasTheKeyOnly() {
    assertThat(EncodedRow.emptyList(Key.of(7)).bytes())
        .isEqualTo(io.loadonce.v1.Resource.newBuilder().setId("7").build().toByteString());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 200})
  void ofList_anyNumberOfRows_isWhatTheGeneratedCodeWrites(int size) throws Exception {
    Struct row = Struct.newBuilder().putFields("name", Values.of("é")).build();
    List<Key> ids = List.of(Key.of(7), Key.of(List.of(Key.of(7), Key.of("a"))));
    for (Key id : ids) {
      io.loadonce.v1.Resource.Builder list =
          io.loadonce.v1.Resource.newBuilder()
              .setVersion(3)
              .addAllRows(Collections.nCopies(size, row));
      if (id.parts().size() == 1) {
        list.setId(id.text());
      } else {
        id.parts().forEach(part -> list.addKey(part.text()));
      }

      assertThat(
              EncodedRow.ofList(new RowList(id, 3, Collections.nCopies(size, row.toByteString())))
                  .bytes())
          .isEqualTo(list.build().toByteString());
    }
  }
}
