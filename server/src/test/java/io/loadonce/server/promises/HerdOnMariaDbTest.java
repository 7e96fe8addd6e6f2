package io.loadonce.server.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.MariaDb;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One query for each load on MariaDB, which counts the queries in its general log. */
@Tag("slow")
class HerdOnMariaDbTest {

  private static final String COUNT =
      "SELECT count(*) FROM mysql.general_log WHERE command_type IN ('Query', 'Execute')"
          + " AND argument LIKE 'SELECT sku%FROM product%'";

  @Test
  void get_500CallersOfOneColdId_oneQuery(@TempDir Path directory) throws Exception {
    MariaDb.assumeInstalled();
    try (MariaDb database = MariaDb.start(directory)) {
      database.execute(
          "CREATE TABLE product (sku VARCHAR(20) COLLATE utf8mb4_bin PRIMARY KEY, price INT)");
      database.execute("INSERT INTO product VALUES ('a-1', 7)");
      try (RunningService service =
          RunningService.with(
              Map.of(
                  "--db-url", database.url(),
                  "--db-user", database.user(),
                  "--query", "SELECT sku, price, sleep(0.3) FROM product WHERE sku IN (:ids)",
                  "--key-column", "sku",
                  "--key-type", "text"))) {
        database.execute("SET GLOBAL log_output = 'TABLE'");
        database.execute("SET GLOBAL general_log = ON");
        GetRequest request = GetRequest.newBuilder().setId("a-1").build();
        Callable<GetResponse> caller = () -> service.stub().get(request);
        Herd<GetResponse> herd = Herd.of(Collections.nCopies(500, caller));
        assertThat(herd.answers())
            .allSatisfy(
                answer ->
                    assertThat(
                            answer
                                .getResource()
                                .getData()
                                .getFieldsOrThrow("price")
                                .getNumberValue())
                        .isEqualTo(7));
        assertThat(database.number(COUNT)).isOne();

        // The count can show two.
        database.execute("SELECT sku FROM product");
        assertThat(database.number(COUNT)).isEqualTo(2);
      }
    }
  }
}
