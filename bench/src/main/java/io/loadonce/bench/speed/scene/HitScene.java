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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Hits by Get: Loadonce against the limit, and against a service as people write it. */
final class HitScene implements Scene {

  private static final String LOADONCE = "Loadonce";
  private static final String ECHO = "bare echo";
  private static final String PLAIN = "plain service";

  private final SpeedPlan plan;
  private final GetDriver driver;
  private final Figure toEcho;
  private final Figure toPlain;
  private final List<Contender> contenders;

  private HitScene(
      SpeedPlan plan, GetDriver driver, Figure toEcho, Figure toPlain, List<Contender> contenders) {
    this.plan = plan;
    this.driver = driver;
    this.toEcho = toEcho;
    this.toPlain = toPlain;
    this.contenders = contenders;
  }

  private record Contender(String name, ServerProcess server, ClosedLoop loop) {
    static Contender of(String name, ServerProcess server, SpeedPlan plan) {
      return new Contender(name, server, new ClosedLoop(server.port(), plan.connections()));
    }
  }

  static Scene open(Lab lab, GetDriver driver, Figure toEcho, Figure toPlain)
      throws IOException, InterruptedException, SQLException {
    SpeedPlan plan = lab.plan();
    Contender loadonce =
        Contender.of(
            LOADONCE, LoadonceServer.start(lab.table(), PostgresTable.QUERY, List.of()), plan);
    Contender plain = Contender.of(PLAIN, PlainServer.start(lab.table()), plan);
    GetDriver.load(loadonce.loop, plan);
    GetDriver.load(plain.loop, plan);
    int replyBytes = loadonce.loop.get(GetDriver.HOT_ID).getSerializedSize();
    Contender echo = Contender.of(ECHO, EchoServer.start(replyBytes), plan);
    GetDriver.load(echo.loop, plan);
    List<Contender> contenders = List.of(loadonce, echo, plain);
    for (Contender contender : contenders) {
      var _ = driver.run(contender.server, contender.loop, plan, plan.warmUp());
    }
    return new HitScene(plan, driver, toEcho, toPlain, contenders);
  }

  @Override
  public void round(int number, Board board)
      throws IOException, InterruptedException, SQLException {
    Map<String, Double> perSecond = new HashMap<>();
    for (Contender contender : Turns.of(number, contenders)) {
      // What has become too old since its last turn is not what is measured.
      GetDriver.load(contender.loop, plan);
      Board.Drive turn = () -> driver.run(contender.server, contender.loop, plan, plan.turn());
      Driven driven =
          board.watch(
              "Get hit",
              contender.name,
              driver.title(),
              Map.of("server", contender.server.handle()),
              contender.name.equals(LOADONCE)
                  ? () -> HitCheck.hits(contender.server, /* idsPerCall= */ 1, turn)
                  : turn);
      perSecond.put(contender.name, driven.perSecond());
    }
    double ours = perSecond.getOrDefault(LOADONCE, Double.NaN);
    board.add(toEcho, ours / perSecond.getOrDefault(ECHO, Double.NaN));
    board.add(toPlain, ours / perSecond.getOrDefault(PLAIN, Double.NaN));
  }

  @Override
  public void close() {
    for (Contender contender : contenders) {
      contender.loop.close();
      contender.server.close();
    }
  }
}
