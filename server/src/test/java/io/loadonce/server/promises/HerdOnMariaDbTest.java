package io.loadonce.server.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.loadonce.db.MariaDb;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One query for each load on MariaDB, which counts its queries. */
@Tag("slow")
class HerdOnMariaDbTest {

  /** Each statement counts itself, and the connection that it is sent over may send one. */
  private static final String COUNT =
      "SELECT variable_value FROM information_schema.global_status"
          + " WHERE variable_name = 'COM_SELECT'";

  @Test
  void get_500CallersOfOneColdId_oneQuery(@TempDir Path directory) throws Exception {
    MariaDb.assumeInstalled();
    try (MariaDb database = MariaDb.start(directory)) {
      database.execute(
          "CREATE TABLE product (sku VARCHAR(20) COLLATE utf8mb4_nopad_bin PRIMARY KEY, price"
              + " INT)");
      database.execute("INSERT INTO product VALUES ('a-1', 7)");
      try (RunningService service =
          RunningService.with(
              Map.of(
                  "--db-url", database.url(),
                  "--db-user", database.user(),
                  "--query", "SELECT sku, price, sleep(0.3) FROM product WHERE sku IN (:ids)",
                  "--key-column", "sku",
                  "--key-type", "text"))) {
        GetRequest request = GetRequest.newBuilder().setId("a-1").build();
        Callable<GetResponse> caller = () -> service.stub().get(request);
        long first = database.number(COUNT);
        long ownSelects = database.number(COUNT) - first;
        long before = database.number(COUNT);
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
        assertThat(database.number(COUNT) - before - ownSelects).isOne();

        // The count can show two.
        before = database.number(COUNT);
        for (String id : List.of("a-2", "a-3")) {
          assertThat(statusOf(service, id)).isEqualTo(Status.Code.NOT_FOUND);
        }
        assertThat(database.number(COUNT) - before - ownSelects).isEqualTo(2);
      }
    }
  }

  private static Status.Code statusOf(RunningService service, String id) {
    try {
      var _ = service.stub().get(GetRequest.newBuilder().setId(id).build());
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }
}
