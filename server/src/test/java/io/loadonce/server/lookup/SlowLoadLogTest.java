package io.loadonce.server.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.common.util.concurrent.ListenableFuture;
import io.loadonce.db.CountedDatabase;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Loads of a real H2 that are slow. */
@Timeout(60)
class SlowLoadLogTest {

  private static final String PARIS = "2988507";
  private static final GetRequest PARIS_ROW = GetRequest.newBuilder().setId(PARIS).build();

  private final Logger logger = (Logger) LoggerFactory.getLogger(SlowLoadLog.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void start() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
  }

  @Test
  void load_tookLongerThanSlowLoad_isOneLineThatSaysWhere() throws Exception {
    try (CountedDatabase database = CountedDatabase.h2();
        RunningService service =
            RunningService.on(
                database,
                database.slowQuery(Duration.ofMillis(500)),
                Map.of("--slow-load", "200ms", "--ttl", "1h"))) {
      ListenableFuture<GetResponse> row =
          ResourceServiceGrpc.newFutureStub(service.channel()).get(PARIS_ROW);
      Awaitility.await().until(() -> service.waiters() == 1);
      assertThatThrownBy(
              () -> service.stub().withDeadlineAfter(50, TimeUnit.MILLISECONDS).get(PARIS_ROW))
          .hasMessageContaining("DEADLINE_EXCEEDED");
      assertThat(row.get(20, TimeUnit.SECONDS).hasResource()).isTrue();
      get(service);

      Awaitility.await().until(() -> !log.list.isEmpty());
      assertThat(log.list).hasSize(1);
      assertThat(log.list.getFirst().getFormattedMessage())
          .matches(
              "a load of the lookup default took TIME: TIME in the queue, TIME for a connection, TIME"
                      .replace("TIME", "\\d+\\.\\d{3} s")
                  + " for the query, \\d+\\.\\d{3} s for its rows; first id "
                  + HashedId.of(Key.of(PARIS))
                  + ", ids in the query: 1, callers that waited: 2")
          .doesNotContain(PARIS);
    }
  }

  @Test
  void load_slowLoadIsOffOrNotReached_isNoLine() throws Exception {
    try (CountedDatabase database = CountedDatabase.h2()) {
      for (String time : new String[] {"0s", "1m"}) {
        try (RunningService service =
            RunningService.on(
                database,
                database.slowQuery(Duration.ofMillis(100)),
                Map.of("--slow-load", time))) {
          get(service);
        }
      }
    }
    assertThat(log.list).isEmpty();
  }

  private static void get(RunningService service) {
    assertThat(service.stub().get(PARIS_ROW).hasResource()).isTrue();
  }
}
