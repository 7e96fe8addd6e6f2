package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.EchoServer;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PlainServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.ClosedLoop;
import io.loadonce.bench.speed.drive.Driven;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Hits by Get: Loadonce against a bare echo, and against a plain service. */
final class HitScene implements Scene {

  private static final String LOADONCE = "Loadonce";
  private static final String ECHO = "bare echo";
  private static final String PLAIN = "plain service";

  private final Lab lab;
  private final SpeedPlan plan;
  private final GetDriver driver;
  private final Figure toEcho;
  private final Figure toPlain;

  private HitScene(Lab lab, GetDriver driver, Figure toEcho, Figure toPlain) {
    this.lab = lab;
    this.plan = lab.plan();
    this.driver = driver;
    this.toEcho = toEcho;
    this.toPlain = toPlain;
  }

  private record Contender(String name, ServerProcess server, ClosedLoop loop) {
    static Contender of(String name, ServerProcess server, SpeedPlan plan)
        throws InterruptedException {
      return new Contender(name, server, new ClosedLoop(server.port(), plan.connections()));
    }

    void close() {
      loop.close();
      server.close();
    }
  }

  static Scene open(Lab lab, GetDriver driver, Figure toEcho, Figure toPlain) {
    return new HitScene(lab, driver, toEcho, toPlain);
  }

  /** With servers of its own, because JVMs compile differently from start to start. */
  @Override
  public void round(int number, Board board)
      throws IOException, InterruptedException, SQLException {
    List<Contender> contenders = new ArrayList<>();
    try {
      start(contenders);
      race(contenders, board);
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  @Override
  public void close() {}

  /** Starts and warms up: Loadonce, the plain service and the echo, in this order. */
  private void start(List<Contender> contenders)
      throws IOException, InterruptedException, SQLException {
    Contender loadonce =
        Contender.of(
            LOADONCE, LoadonceServer.start(lab.table(), PostgresTable.QUERY, List.of()), plan);
    contenders.add(loadonce);
    contenders.add(Contender.of(PLAIN, PlainServer.start(lab.table()), plan));
    byte[] reply = loadonce.loop.get(GetDriver.HOT_ID).toByteArray();
    contenders.add(Contender.of(ECHO, EchoServer.start(reply), plan));
    for (Contender contender : contenders) {
      GetDriver.load(contender.loop, plan);
      var _ = driver.run(contender.server, contender.loop, plan, plan.warmUp());
    }
  }

  private void race(List<Contender> contenders, Board board)
      throws IOException, InterruptedException, SQLException {
    for (Contender contender : contenders) {
      // Rows that expired during the warm-up of the others are loaded again before the race.
      GetDriver.load(contender.loop, plan);
    }
    List<Race.Runner> runners = contenders.stream().map(this::runner).toList();
    Race.warmUp(runners);
    List<Driven> driven = Race.run(board, runners);
    double ours = driven.get(0).perSecond();
    board.add(toPlain, ours / driven.get(1).perSecond());
    board.add(toEcho, ours / driven.get(2).perSecond());
  }

  private Race.Runner runner(Contender contender) {
    HitCheck.Drive drive = () -> driver.run(contender.server, contender.loop, plan, plan.lap());
    return new Race.Runner(
        Board.Turn.rate("Get hit", contender.name, driver.title()),
        Map.of("server", contender.server.handle()),
        _ ->
            contender.name.equals(LOADONCE)
                ? HitCheck.hits(contender.server, /* idsPerCall= */ 1, drive)
                : drive.run());
  }
}
