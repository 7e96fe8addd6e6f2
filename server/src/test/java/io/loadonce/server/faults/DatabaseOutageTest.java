package io.loadonce.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.server.RunningService;
import io.loadonce.server.history.HistoryDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL is killed, or its processes stand still. */
@Tag("slow")
@Timeout(60)
class DatabaseOutageTest {

  private static final String QUERY = "SELECT id, payload FROM history WHERE id IN (:ids)";
  private static final String UNAVAILABLE = "UNAVAILABLE DATABASE_UNAVAILABLE";

  /** A busy machine is late; without the deadline a call would take the load time-out of 5 s. */
  private static final Duration LATE = Duration.ofSeconds(2);

  @TempDir static Path directory;
  private static HistoryDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = HistoryDatabase.start(1_000, directory);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void get_databaseStandsStill_endsByTheDeadlineAndNothingIsHeld(TestReporter reporter)
      throws Exception {
    Duration deadline = Duration.ofSeconds(1);
    try (RunningService service = service(QUERY)) {
      assertThat(Calls.get(service, "1").isOk()).isTrue();
      try (var _ = database.freeze();
          LogLines log = new LogLines()) {
        for (Calls.Ended end : Calls.getAll(service, ids(100, 200), deadline)) {
          assertThat(end.status()).containsAnyOf(UNAVAILABLE, "DEADLINE_EXCEEDED");
          assertThat(end.took()).isLessThan(deadline.plus(LATE));
        }
        long startNanos = System.nanoTime();
        Calls.awaitIdle(service, Duration.ofSeconds(10));
        report(reporter, "idle after the last caller has left", startNanos);
        assertThat(Calls.get(service, "1").isOk()).as("cached").isTrue();
        assertThat(log.longest()).isLessThan(500);
        assertThat(log.traces()).isZero();
      }
      long startNanos = System.nanoTime();
      Calls.awaitEnd(service, "2", Calls.Ended::isOk);
      report(reporter, "first row after it has gone on", startNanos);
      Calls.awaitIdle(service, Duration.ofSeconds(2));
    }
  }

  @Test
  void get_databaseIsKilledMeanwhile_allWaitersAreUnavailable(TestReporter reporter)
      throws Exception {
    String slow = QUERY + " AND (id < 10 OR (SELECT TRUE FROM pg_sleep(3)))";
    try (RunningService service = service(slow);
        LogLines log = new LogLines()) {
      assertThat(Calls.get(service, "1").isOk()).isTrue();
      try (var killed = new Killing(service)) {
        assertThat(killed.ends())
            .hasSize(100)
            .allSatisfy(end -> assertThat(end.status()).isEqualTo(UNAVAILABLE));
        assertThat(Calls.get(service, "1").isOk()).as("cached").isTrue();
        Calls.awaitIdle(service, Duration.ofSeconds(5));
        assertThat(log.texts())
            .anyMatch(line -> line.matches("connection to localhost:.* failed: .*; the next .*"))
            .anyMatch(line -> line.startsWith("a load failed, and its callers got DATABASE_"));
      }
      long startNanos = System.nanoTime();
      Calls.awaitEnd(service, "2", Calls.Ended::isOk);
      report(reporter, "first row after the restart", startNanos);
      assertThat(log.texts()).anyMatch(line -> line.endsWith(" works again"));
      assertThat(log.longest()).isLessThan(500);
      assertThat(log.traces()).isZero();
    }
  }

  /** Kills the database while a hundred callers wait for one row; restarts it when closed. */
  private static final class Killing implements AutoCloseable {
    private final List<Calls.Ended> ends = Collections.synchronizedList(new ArrayList<>());
    private final HistoryDatabase.Restart restart;

    Killing(RunningService service) throws Exception {
      Thread callers =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      ends.addAll(
                          Calls.getAll(
                              service, Collections.nCopies(100, "500"), Duration.ofSeconds(20)));
                    } catch (Exception e) {
                      throw new IllegalStateException(e);
                    }
                  });
      await().until(() -> service.waiters() == 100);
      restart = database.kill();
      callers.join();
    }

    List<Calls.Ended> ends() {
      return ends;
    }

    @Override
    public void close() throws IOException {
      restart.close();
    }
  }

  private static RunningService service(String query) {
    Map<String, String> flags = new HashMap<>();
    flags.put("--db-url", database.settings(Duration.ZERO).database().url());
    flags.put("--db-user", "postgres");
    flags.put("--query", query);
    flags.put("--ttl", "10m");
    return RunningService.with(flags);
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }

  private static void report(TestReporter reporter, String what, long startNanos) {
    long millis = Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
    reporter.publishEntry(what, millis + " ms");
  }
}
