package io.loadonce.db.form;

import com.google.protobuf.ByteString;
import com.google.protobuf.Value;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import java.util.List;
import java.util.function.Function;

/**
 * Encodes each row as a protobuf {@code Struct} and converts it, or a list of them, to the cached
 * value.
 *
 * @param one called on the thread of the load, once for each id that has one row
 * @param many called on the thread of the load, once for each id that has a list
 */
public record StructForm<V>(
    Function<? super Row, ? extends V> one, Function<? super RowList, ? extends V> many)
    implements RowForm<V> {

  /** Returns a form for lookups whose ids have one row. */
  public static <V> StructForm<V> ofOne(Function<? super Row, ? extends V> one) {
    return new StructForm<>(
        one,
        list -> {
          throw new IllegalStateException("this form is for one row, not for a list");
        });
  }

  @Override
  public Encoder<V> encoder(List<String> columns, int maxBytes) {
    StructEncoding encoding = new StructEncoding(columns, maxBytes);
    return new Encoder<>() {
      @Override
      public ByteString encode(Value[] values) throws SourceException {
        return encoding.encode(values);
      }

      @Override
      public V one(Key id, long version, ByteString row) {
        return one.apply(new Row(id, version, row));
      }

      @Override
      public V many(Key id, long version, List<ByteString> rows) {
        return many.apply(new RowList(id, version, rows));
      }
    };
  }
}
