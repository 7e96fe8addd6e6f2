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

/** How many bytes all threads of a server allocate for a hit. */
final class AllocationScene implements Scene {

  private final Lab lab;
  private final SpeedPlan plan;

  private AllocationScene(Lab lab) {
    this.lab = lab;
    this.plan = lab.plan();
  }

  private record Metered(String name, ServerProcess server, ClosedLoop loop, AllocationMeter meter)
      implements AutoCloseable {

    /** Owns the server, and ends it if its allocation cannot be read. */
    static Metered of(String name, ServerProcess server, SpeedPlan plan)
        throws IOException, InterruptedException {
      try {
        AllocationMeter meter = AllocationMeter.attach(server.handle());
        return new Metered(name, server, new ClosedLoop(server.port(), plan.connections()), meter);
      } catch (IOException | RuntimeException e) {
        server.close();
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      try {
        meter.close();
      } finally {
        loop.close();
        server.close();
      }
    }
  }

  static Scene open(Lab lab) {
    return new AllocationScene(lab);
  }

  /** With servers of its own, because escape analysis differs from start to start. */
  @Override
  public void round(int number, Board board)
      throws IOException, InterruptedException, SQLException {
    try (Metered loadonce =
        Metered.of(
            "Loadonce", LoadonceServer.start(lab.table(), PostgresTable.QUERY, List.of()), plan)) {
      GetDriver.load(loadonce.loop, plan);
      byte[] reply = loadonce.loop.get(GetDriver.HOT_ID).toByteArray();
      try (Metered echo = Metered.of("bare echo", EchoServer.start(reply), plan)) {
        board.add(Figure.ALLOCATION, bytesPerCall(loadonce, board) / bytesPerCall(echo, board));
      }
    }
  }

  @Override
  public void close() {}

  private double bytesPerCall(Metered metered, Board board)
      throws IOException, InterruptedException {
    var _ = GetDriver.CLOSED_LOOP.run(metered.server, metered.loop, plan, plan.warmUp());
    long before = metered.meter.allocatedBytes();
    Driven driven = GetDriver.CLOSED_LOOP.run(metered.server, metered.loop, plan, plan.turn());
    double bytes = (metered.meter.allocatedBytes() - before) / (double) driven.calls();
    board.add(new Board.Turn("allocation of a Get hit", metered.name, "closed loop", "B"), bytes);
    return bytes;
  }
}
