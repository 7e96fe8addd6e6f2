package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import io.loadonce.db.CountedDatabase;
import io.loadonce.db.OneLookup;
import io.loadonce.db.TestDatabase;
import io.loadonce.db.form.RowList;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Lookups whose ids have lists of rows, on real databases. */
@Tag("slow")
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ListsTest {

  private static final int MAX_ROWS = 1_000;
  private static final Key NO_LINES = Key.of(0);
  private static final Key ONE_LINE = Key.of(1);
  private static final Key ALL_LINES = Key.of(2);
  private static final Key TOO_MANY_LINES = Key.of(3);

  private final CountedDatabase database;
  private final OneLookup lines;

  ListsTest(TestDatabase kind) {
    database = kind.database();
    lines =
        database
            .settings(
                "SELECT order_id AS id, line, version FROM order_line WHERE order_id IN (:ids)"
                    + " ORDER BY line DESC")
            .withLists(MAX_ROWS)
            .withVersionColumn("version");
  }

  @BeforeEach
  void fill() {
    database.execute(
        "CREATE TABLE order_line (order_id BIGINT, line INTEGER, version INTEGER, text"
            + " VARCHAR(99))");
    insert(ONE_LINE, 1);
    insert(ALL_LINES, MAX_ROWS);
    insert(TOO_MANY_LINES, MAX_ROWS + 1);
  }

  @AfterEach
  void drop() {
    database.execute("DROP TABLE order_line");
  }

  @Test
  void run_listsOfEachLength_areInTheOrderOfTheQuery() throws Exception {
    Map<Key, SourceRow<RowList>> rows = run(lines, NO_LINES, ONE_LINE, ALL_LINES);

    assertThat(rows).containsOnlyKeys(ONE_LINE, ALL_LINES);
    assertThat(lineNumbers(rows, ONE_LINE)).containsExactly(1);
    assertThat(lineNumbers(rows, ALL_LINES)).hasSize(MAX_ROWS).startsWith(1000, 999).endsWith(1);
  }

  @Test
  void run_oneListTooLong_isInvalidRowForThatIdOnly() throws Exception {
    Map<Key, SourceRow<RowList>> rows = run(lines, TOO_MANY_LINES, ONE_LINE, NO_LINES);

    assertThat(rows).containsOnlyKeys(TOO_MANY_LINES, ONE_LINE);
    assertThat(reason(rows, TOO_MANY_LINES))
        .isInstanceOf(SourceException.InvalidRow.class)
        .hasMessage("the id has more than 1000 rows; raise max-rows");
    assertThat(lineNumbers(rows, ONE_LINE)).containsExactly(1);
    assertThat(reason(run(lines, TOO_MANY_LINES), TOO_MANY_LINES))
        .hasMessage("the id has more than 1000 rows; raise max-rows");
  }

  /** Without a limit of its own, the long list would cut off the others. */
  @Test
  void run_listSoLongThatTheRestIsNotSent_eachIdIsLoadedAlone() throws Exception {
    OneLookup few = lines.withLists(2);
    Map<Key, SourceRow<RowList>> rows = run(few, ALL_LINES, ONE_LINE, NO_LINES);

    assertThat(rows).containsOnlyKeys(ALL_LINES, ONE_LINE);
    assertThat(reason(rows, ALL_LINES)).hasMessage("the id has more than 2 rows; raise max-rows");
    assertThat(lineNumbers(rows, ONE_LINE)).containsExactly(1);
  }

  @Test
  void run_rowsWithDifferentVersions_isInvalidRow() throws Exception {
    database.execute("INSERT INTO order_line VALUES (1, 2, 8, '')");

    assertThat(reason(run(lines, ONE_LINE), ONE_LINE))
        .isInstanceOf(SourceException.InvalidRow.class)
        .hasMessage(
            "the rows of the id have the versions 8 and 1; name a version column that all rows of"
                + " an id share, such as that of the parent");
  }

  @Test
  void run_listOverTheByteLimit_isInvalidRow() throws Exception {
    assertThat(reason(run(lines.withMaxRowBytes(1_000), ALL_LINES), ALL_LINES))
        .hasMessage("the rows of the id have more than 1000 bytes");
  }

  @Test
  void run_oneRowOfAListIsUnreadable_failsThatListOnly() throws Exception {
    OneLookup dividing =
        database
            .settings(
                "SELECT order_id AS id, 1 / (line - 500) AS x FROM order_line"
                    + " WHERE order_id IN (:ids)")
            .withLists(MAX_ROWS);

    Map<Key, SourceRow<RowList>> rows = run(dividing, ALL_LINES, ONE_LINE);

    assertThat(reason(rows, ALL_LINES)).isInstanceOf(SourceException.class);
    assertThat(rows.get(ONE_LINE)).isInstanceOf(SourceRow.Found.class);
  }

  private void insert(Key order, int count) {
    List<String> values = new ArrayList<>();
    for (int line = 1; line <= count; line++) {
      values.add("(%s, %d, 1, 'x')".formatted(order, line));
    }
    database.execute("INSERT INTO order_line VALUES " + String.join(", ", values));
  }

  private static Map<Key, SourceRow<RowList>> run(OneLookup lookup, Key... ids)
      throws SourceException {
    try (var source = lookup.withPoolSize(1).openLists()) {
      return source.query(List.of(ids)).run();
    }
  }

  private static List<Integer> lineNumbers(Map<Key, SourceRow<RowList>> rows, Key id)
      throws InvalidProtocolBufferException {
    if (!(rows.get(id) instanceof SourceRow.Found<RowList>(RowList list, long version, long _))) {
      throw new AssertionError(rows.get(id));
    }
    assertThat(version).isEqualTo(list.version()).isEqualTo(1);
    List<Integer> numbers = new ArrayList<>();
    for (ByteString row : list.encodedRows()) {
      numbers.add((int) Struct.parseFrom(row).getFieldsOrThrow("line").getNumberValue());
    }
    return numbers;
  }

  private static SourceException reason(Map<Key, SourceRow<RowList>> rows, Key id) {
    if (rows.get(id) instanceof SourceRow.Unusable<RowList>(SourceException reason)) {
      return reason;
    }
    throw new AssertionError(rows.get(id));
  }
}
