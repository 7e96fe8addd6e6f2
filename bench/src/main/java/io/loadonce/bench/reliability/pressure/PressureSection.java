package io.loadonce.bench.reliability.pressure;

import io.loadonce.bench.reliability.Scores;
import io.loadonce.bench.reliability.Section;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.Metrics;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One service with a small heap bears three attacks, one after the other. */
public final class PressureSection implements Section {

  private static final String HEAP = "-Xmx128m";
  private static final int ROWS = 1_000;

  /** 20 ms for each query, so that loads are under way when their callers leave. */
  private static final String QUERY =
      "SELECT id, name, country FROM item WHERE id IN (:ids) AND (SELECT TRUE FROM pg_sleep(0.02))";

  /** Fill the cache of "not found" answers, and open all connections, before the first look. */
  private static final int WARM_UP = 50_000;

  /** A connection whose replies are not read is closed after 10 s; then all must be free again. */
  private static final Duration SETTLED = Duration.ofSeconds(15);

  private static final Duration POLL = Duration.ofMillis(100);

  /** Makes the clients of one attack. */
  private interface Attack {
    Attacks.Made run(int count) throws IOException, InterruptedException;
  }

  @Override
  public String name() {
    return "pressure";
  }

  @Override
  public String title() {
    return "Clients cancel their calls, invent ids and do not read, while the heap has 128 MiB.";
  }

  @Override
  public void run(Scores scores, boolean isQuick) throws Exception {
    int share = isQuick ? 20 : 1;
    try (PostgresTable table = PostgresTable.start(ROWS);
        ServerProcess server =
            LoadonceServer.start(
                LoadonceServer.flags(table, QUERY, List.of("--ttl", "1h")),
                Map.of(LoadonceServer.JAVA_OPTIONS, HEAP))) {
      Attacks attacks = new Attacks(server.port(), server.adminPort());
      var _ = attacks.cancelled(WARM_UP / share);
      var _ = attacks.invented(WARM_UP);
      settle(server, table);
      Served served = new Served(server, table, Footprint.of(server, table));
      scores.note("before: heap limit 128 MiB", served.before.toString());
      served.bear(scores, "cancelled calls", 100_000 / share, attacks::cancelled);
      served.bear(scores, "invented ids", 1_000_000 / share, attacks::invented);
      served.bear(scores, "replies that are never read", 10_000 / share, attacks::unread);
    }
  }

  /** The service under attack, and what it held before. */
  private record Served(ServerProcess server, PostgresTable table, Footprint before) {

    /** Judges whether the attack was made, whom it hurt, and what it left behind. */
    void bear(Scores scores, String what, int count, Attack attack)
        throws IOException, InterruptedException, SQLException {
      try (Neighbour neighbour = Neighbour.start(server.port())) {
        long beganNanos = System.nanoTime();
        Attacks.Made made = attack.run(count);
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        neighbour.leave();
        scores.judge(
            "%s, in %.1f s".formatted(what, seconds),
            "%,d: %s".formatted(made.count(), made.how()),
            "at least %,d, and the process lives".formatted(count),
            made.count() >= count && server.handle().isAlive());
        scores.judge(
            what + ": failed calls of another client",
            neighbour.toString(),
            "0",
            neighbour.isUnharmed());
      }
      settle(server, table);
      Footprint after = Footprint.of(server, table);
      scores.judge(
          what + ": left behind", after.since(before), Footprint.BOUND, after.isBackTo(before));
    }
  }

  /** Waits until nothing is loaded any more; if that takes too long, the next look shows it. */
  private static void settle(ServerProcess server, PostgresTable table)
      throws IOException, InterruptedException, SQLException {
    long untilNanos = System.nanoTime() + SETTLED.toNanos();
    while (System.nanoTime() - untilNanos < 0
        && Metrics.read(server.adminPort()).flights() + table.runningStatements() > 0) {
      var _ = new CountDownLatch(1).await(POLL.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
