package io.loadonce.db.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Notifications, which anybody who may connect to the database may send. */
class PayloadFuzzTest {

  private static final KeyColumns PRICE =
      new KeyColumns(
          List.of(new KeyColumn("tenant", KeyType.BIGINT), new KeyColumn("sku", KeyType.TEXT)));

  private static final PostgresPayload PAYLOADS =
      new PostgresPayload(
          Map.of(
              "public.a(id)",
              List.of(
                  new Watcher("text", KeyColumns.of("id", KeyType.TEXT), /* isByKey= */ true),
                  new Watcher("char", KeyColumns.of("id", KeyType.CHAR), /* isByKey= */ true),
                  new Watcher("number", KeyColumns.of("id", KeyType.BIGINT), /* isByKey= */ true),
                  new Watcher("uuid", KeyColumns.of("id", KeyType.UUID), /* isByKey= */ true)),
              "public.price(tenant,sku)",
              List.of(
                  new Watcher("price", PRICE, /* isByKey= */ true),
                  new Watcher("coarse", PRICE, /* isByKey= */ false))));

  @FuzzTest
  void read_anyText_isChangesOrUnreadable(byte[] input) {
    String payload = new String(input, StandardCharsets.UTF_8);

    List<Change> changes = PAYLOADS.read(payload);

    assertThat(changes).hasSizeLessThanOrEqualTo(4).doesNotContainNull();
    for (Change change : changes) {
      if (change instanceof Change.Row(String lookup, var id)) {
        assertThat(payload).contains(":[");
        assertThat(id.parts()).hasSize(lookup.equals("price") ? 2 : 1);
      }
    }
    assertThat(PostgresPayload.heartbeat(payload))
        .isInstanceOfAny(Change.Heartbeat.class, Change.Unreadable.class);
  }
}
