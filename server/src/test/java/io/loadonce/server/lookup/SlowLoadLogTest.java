package io.loadonce.server.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.loadonce.db.CountedDatabase;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import java.time.Duration;
import java.util.Map;
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
                database.slowQuery(Duration.ofMillis(300)),
                Map.of("--slow-load", "200ms", "--ttl", "1h"))) {
      get(service);
      get(service);

      Awaitility.await().until(() -> !log.list.isEmpty());
      assertThat(log.list).hasSize(1);
      assertThat(log.list.getFirst().getFormattedMessage())
          .matches(
              "a load of the lookup default took TIME: TIME in the queue, TIME for a connection, TIME"
                      .replace("TIME", "\\d+\\.\\d{3} s")
                  + " for the query, \\d+\\.\\d{3} s for its rows; first id "
                  + HashedId.of(Key.of(PARIS))
                  + ", ids in the query: 1, callers that waited: 1")
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
    assertThat(service.stub().get(GetRequest.newBuilder().setId(PARIS).build()).hasResource())
        .isTrue();
  }
}
