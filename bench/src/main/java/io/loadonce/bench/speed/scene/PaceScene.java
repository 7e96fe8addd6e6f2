package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.ClosedLoop;
import io.loadonce.bench.speed.drive.Requests;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo.Source;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The cost of batching where it cannot help: cold Gets, one at a time, fifty a second for each of
 * two servers in turns, so that both run under the same conditions.
 */
final class PaceScene implements Scene {

  private static final Duration BETWEEN = Duration.ofMillis(20);
  private static final int WARM_UP_CALLS = 2_000;

  private final SpeedPlan plan;
  private final List<Paced> contenders;
  private int nextPlace;

  private PaceScene(SpeedPlan plan, List<Paced> contenders) {
    this.plan = plan;
    this.contenders = contenders;
  }

  private record Paced(String name, ServerProcess server, ClosedLoop loop) {
    static Paced of(String name, ServerProcess server) throws InterruptedException {
      return new Paced(name, server, new ClosedLoop(server.port(), /* connections= */ 1));
    }
  }

  static Scene open(Lab lab) throws IOException, InterruptedException, SQLException {
    PostgresTable table = lab.table();
    PaceScene scene =
        new PaceScene(
            lab.plan(),
            List.of(
                Paced.of("batching", LoadonceServer.start(table, PostgresTable.QUERY, List.of())),
                Paced.of(
                    "one id a query",
                    LoadonceServer.start(
                        table, PostgresTable.QUERY, List.of("--max-ids-per-query", "1")))));
    int calls = Math.min(WARM_UP_CALLS, lab.plan().rows() / 4);
    for (int i = 0; i < calls; i++) {
      scene.nextPlace++;
      for (Paced paced : scene.contenders) {
        var _ = scene.cold(paced);
      }
    }
    return scene;
  }

  @Override
  public void round(int number, Board board) {
    int calls = (int) (plan.turn().toNanos() / BETWEEN.toNanos());
    long[][] nanos = new long[contenders.size()][calls];
    long began = System.nanoTime();
    long step = BETWEEN.toNanos() / contenders.size();
    for (int i = 0; i < calls * contenders.size(); i++) {
      parkUntil(began + i * step);
      int whose = i % contenders.size();
      nextPlace += whose == 0 ? 1 : 0;
      nanos[whose][i / contenders.size()] = cold(contenders.get(whose));
    }
    double[] medians = new double[contenders.size()];
    for (int i = 0; i < medians.length; i++) {
      medians[i] = median(nanos[i]) / 1e3;
      board.add(
          new Board.Turn("cold Get at 50/s, p50", contenders.get(i).name, "one call", "µs"),
          medians[i]);
    }
    board.add(Figure.COLD_P50, medians[0] / medians[1]);
  }

  @Override
  public void close() {
    for (Paced paced : contenders) {
      paced.loop.close();
      paced.server.close();
    }
  }

  /** How long a Get of the next id took, in nanoseconds. */
  private long cold(Paced paced) {
    long id = Requests.scattered(nextPlace % plan.rows(), plan.rows());
    long began = System.nanoTime();
    GetResponse reply = paced.loop.get(id);
    long took = System.nanoTime() - began;
    if (reply.getInfo().getSource() != Source.SOURCE_LOADED) {
      throw new IllegalStateException("%d was not cold: %s".formatted(id, reply.getInfo()));
    }
    return took;
  }

  private static void parkUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
    }
  }

  private static long median(long[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
