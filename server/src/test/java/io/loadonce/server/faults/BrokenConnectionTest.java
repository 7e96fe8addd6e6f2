package io.loadonce.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.FaultProxy;
import io.loadonce.db.FaultProxy.Fault;
import io.loadonce.db.TestDatabase;
import io.loadonce.server.RunningService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The connections between the service and PostgreSQL break, and PostgreSQL is well. */
@Tag("slow")
@Timeout(60)
class BrokenConnectionTest {

  private static final String QUERY = "SELECT id, name FROM city WHERE id IN (:ids)";

  /** So long that each of some callers at one moment has a connection of its own. */
  private static final String SLOW = QUERY + " AND (SELECT TRUE FROM pg_sleep(0.2))";

  private final CountedDatabase postgres = TestDatabase.POSTGRESQL.database();
  private final FaultProxy proxy = FaultProxy.before(postgres.url());

  @AfterEach
  void close() throws Exception {
    proxy.close();
  }

  @Test
  void get_connectionsAreReset_noCallFails() throws Exception {
    int size = 4;
    try (RunningService service = service(SLOW, size, "5s")) {
      for (int round = 0; round < 5; round++) {
        fill(service, size);
        // No connection is checked by the pool, since each was used just now.
        proxy.resetOpen();

        assertThat(Calls.get(service, "2988507").status()).isEqualTo("OK");
      }
    }
  }

  @Test
  void get_pooledConnectionsAreSilent_firstRowWithin2Seconds() throws Exception {
    int size = 16;
    try (RunningService service = service(SLOW, size, "5s")) {
      fill(service, size);
      // The pool checks no connection that was used within the last half second.
      await().pollDelay(Duration.ofMillis(600)).until(() -> proxy.open() >= size);
      proxy.silenceOpen();

      Calls.Ended first = Calls.get(service, "2988507");

      assertThat(first.status()).isEqualTo("OK");
      assertThat(first.took()).isLessThan(Calls.RECOVERY);
    }
  }

  @Test
  void get_queryIsSilent_loaderIsFreeAfterTheCallHasLeft() throws Exception {
    try (RunningService service = service(SLOW, /* size= */ 1, "40s")) {
      fill(service, 1);
      proxy.breakNext(new Fault.Silence());

      assertThat(Calls.get(service, "2988507", Duration.ofSeconds(1)).status())
          .startsWith("DEADLINE_EXCEEDED");

      Calls.awaitIdle(service, Duration.ofSeconds(6));
      assertThat(Calls.get(service, "2988507").status()).isEqualTo("OK");
    }
  }

  @Test
  void get_eachReplyIsCut_isUnavailableAndNeverAPart() throws Exception {
    try (RunningService service = service(QUERY, /* size= */ 2, "5s")) {
      fill(service, 2);
      for (Fault fault : List.of(new Fault.Cut(40), new Fault.Reset(40), new Fault.Cut(0))) {
        proxy.breakEach(fault);

        assertThat(Calls.get(service, "2988507").status())
            .isEqualTo("UNAVAILABLE DATABASE_UNAVAILABLE");

        proxy.heal();
        Calls.awaitEnd(service, "2988507", Calls.Ended::isOk);
        Calls.awaitIdle(service, Calls.RECOVERY);
      }
    }
  }

  /** Uses every connection of the pool at the same moment; nothing is cached. */
  private void fill(RunningService service, int size) throws Exception {
    await()
        .until(
            () -> {
              List<String> ids = IntStream.range(0, 4 * size).mapToObj(Integer::toString).toList();
              Calls.getAll(service, ids, Duration.ofSeconds(20));
              return proxy.open() >= size;
            });
  }

  private RunningService service(String query, int size, String loadTimeout) {
    Map<String, String> flags = new HashMap<>();
    flags.put("--db-url", proxy.url(postgres.url()));
    flags.put("--db-user", postgres.user());
    flags.put("--query", query);
    flags.put("--pool-size", Integer.toString(size));
    flags.put("--load-timeout", loadTimeout);
    flags.put("--ttl", "0s");
    flags.put("--negative-ttl", "0s");
    // One id a query, so that as many connections are used as there are ids.
    flags.put("--max-ids-per-query", "1");
    return RunningService.with(flags);
  }
}
