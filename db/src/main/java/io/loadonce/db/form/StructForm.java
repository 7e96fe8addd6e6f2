package io.loadonce.db.form;

import java.util.List;
import java.util.function.Function;

/**
 * Encodes each row as a protobuf {@code Struct} and converts it to the cached value.
 *
 * @param conversion called on the thread of the load, once for each row that is found
 */
public record StructForm<V>(Function<? super Row, ? extends V> conversion) implements RowForm<V> {

  @Override
  public Encoder<V> encoder(List<String> columns, int maxBytes) {
    StructEncoding encoding = new StructEncoding(columns, maxBytes);
    return (id, version, values) -> conversion.apply(new Row(id, version, encoding.encode(values)));
  }
}
