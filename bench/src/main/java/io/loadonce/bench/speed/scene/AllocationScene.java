package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.EchoServer;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.AllocationMeter;
import io.loadonce.bench.speed.drive.ClosedLoop;
import io.loadonce.bench.speed.drive.Driven;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** How many bytes a server allocates for a hit, all of its threads counted. */
final class AllocationScene implements Scene {

  private final SpeedPlan plan;
  private final Metered loadonce;
  private final Metered echo;

  private AllocationScene(SpeedPlan plan, Metered loadonce, Metered echo) {
    this.plan = plan;
    this.loadonce = loadonce;
    this.echo = echo;
  }

  private record Metered(
      String name, ServerProcess server, ClosedLoop loop, AllocationMeter meter) {
    static Metered of(String name, ServerProcess server, SpeedPlan plan) throws IOException {
      return new Metered(
          name,
          server,
          new ClosedLoop(server.port(), plan.connections()),
          AllocationMeter.attach(server.handle()));
    }
  }

  static Scene open(Lab lab) throws IOException, InterruptedException, SQLException {
    SpeedPlan plan = lab.plan();
    Metered loadonce =
        Metered.of(
            "Loadonce", LoadonceServer.start(lab.table(), PostgresTable.QUERY, List.of()), plan);
    GetDriver.load(loadonce.loop, plan);
    int replyBytes = loadonce.loop.get(GetDriver.HOT_ID).getSerializedSize();
    Metered echo = Metered.of("bare echo", EchoServer.start(replyBytes), plan);
    AllocationScene scene = new AllocationScene(plan, loadonce, echo);
    for (Metered metered : List.of(loadonce, echo)) {
      var _ = GetDriver.CLOSED_LOOP.run(metered.server, metered.loop, plan, plan.warmUp());
    }
    return scene;
  }

  @Override
  public void round(int number, Board board) throws IOException, InterruptedException {
    double ours = bytesPerCall(loadonce, board);
    double theirs = bytesPerCall(echo, board);
    board.add(Figure.ALLOCATION, ours / theirs);
  }

  @Override
  public void close() throws IOException {
    for (Metered metered : List.of(loadonce, echo)) {
      metered.meter.close();
      metered.loop.close();
      metered.server.close();
    }
  }

  private double bytesPerCall(Metered metered, Board board)
      throws IOException, InterruptedException {
    long before = metered.meter.allocatedBytes();
    Driven driven = GetDriver.CLOSED_LOOP.run(metered.server, metered.loop, plan, plan.turn());
    double bytes = (metered.meter.allocatedBytes() - before) / (double) driven.calls();
    board.add(new Board.Turn("allocation of a Get hit", metered.name, "closed loop", "B"), bytes);
    return bytes;
  }
}
