package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.ClosedLoop;
import io.loadonce.bench.speed.drive.Metrics;
import io.loadonce.bench.speed.drive.RawCalls;
import io.loadonce.bench.speed.drive.Requests;
import io.loadonce.v1.Resource;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;

/**
 * Many callers of one cold id whose query takes a second; all join before it ends. The row contains
 * the time at which the database had it, and the time to the last answer counts from then.
 */
final class HerdScene implements Scene {

  /** Half of the calls that a connection may have open. */
  private static final int CALLS_PER_CONNECTION = 500;

  /** Warm-up herds, which may join late and are repeated as hits until the server is warm. */
  private static final int WARM_UP_HERDS = 5;

  private static final Duration MOST = Duration.ofSeconds(4);

  private final SpeedPlan plan;
  private final PostgresTable table;
  private final EngineHerd engine;
  private final ServerProcess server;
  private final ClosedLoop loop;

  private HerdScene(
      SpeedPlan plan,
      PostgresTable table,
      EngineHerd engine,
      ServerProcess server,
      ClosedLoop loop) {
    this.plan = plan;
    this.table = table;
    this.engine = engine;
    this.server = server;
    this.loop = loop;
  }

  static Scene open(Lab lab) throws IOException, InterruptedException, SQLException {
    SpeedPlan plan = lab.plan();
    PostgresTable table = lab.table();
    EngineHerd engine = EngineHerd.open(table);
    ServerProcess server =
        LoadonceServer.start(
            table,
            PostgresTable.SLOW_QUERY,
            List.of("--max-waiters-per-id", Integer.toString(plan.herd())));
    int connections = 1 + plan.herd() / CALLS_PER_CONNECTION;
    HerdScene scene =
        new HerdScene(plan, table, engine, server, new ClosedLoop(server.port(), connections));
    var _ = engine.gather(1, plan.herd());
    for (long id = 1; id <= WARM_UP_HERDS; id++) {
      scene.ask(id);
      scene.ask(id);
    }
    return scene;
  }

  @Override
  public void round(int number, Board board)
      throws IOException, InterruptedException, SQLException {
    long id = 1L + WARM_UP_HERDS + number;
    String what = "%,d callers of one id, last answer".formatted(plan.herd());
    long before = table.queries();
    double inEngine = engine.gather(id, plan.herd());
    long between = table.queries();
    double overGrpc = gather(id);
    long after = table.queries();
    board.add(new Board.Turn(what, "the engine", "callbacks", "ms"), inEngine);
    board.add(new Board.Turn(what, "Loadonce", "closed loop", "ms"), overGrpc);
    board.add(Figure.HERD_ENGINE, inEngine);
    board.add(Figure.HERD_GRPC, overGrpc);
    board.add(Figure.HERD_QUERIES, (double) Math.max(between - before, after - between));
  }

  @Override
  public void close() {
    loop.close();
    server.close();
    engine.close();
  }

  /** Milliseconds from the row to the last answer. */
  static double millisSince(Resource row, Instant last) {
    double answeredAt = row.getData().getFieldsOrThrow("answered_at").getNumberValue();
    return ChronoUnit.MICROS.between(Instant.EPOCH, last) / 1e3 - answeredAt * 1e3;
  }

  private double gather(long id) throws IOException, InterruptedException {
    Metrics before = Metrics.read(server.adminPort());
    ask(id);
    Instant last = Instant.now();
    Metrics after = Metrics.read(server.adminPort());
    long waited =
        after.lookups("joined")
            + after.lookups("loaded")
            - before.lookups("joined")
            - before.lookups("loaded");
    requireAll(waited, plan.herd());
    return millisSince(loop.get(id).getResource(), last);
  }

  private void ask(long id) throws InterruptedException {
    byte[][] requests = Collections.nCopies(plan.herd(), RawCalls.get(id)).toArray(byte[][]::new);
    var _ = loop.run(RawCalls.GET, Requests.once(requests), plan.herd(), MOST);
  }

  static void requireAll(long waited, int herd) {
    if (waited != herd) {
      throw new IllegalStateException(
          "of %,d callers %,d joined before the query ended".formatted(herd, waited));
    }
  }
}
