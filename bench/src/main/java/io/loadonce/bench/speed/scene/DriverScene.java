package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.EchoServer;
import io.loadonce.bench.speed.contender.PausingServer;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.Driven;
import io.loadonce.bench.speed.drive.LoadTest;
import io.loadonce.commands.load.LoadResult;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.Resource;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The load test itself, {@code ./loadonce load}: how many calls it can send, and whether it holds
 * its rate and reports the right latency.
 */
final class DriverScene implements Scene {

  private static final String LOAD = "./loadonce load";

  /** What it replies does not matter, as long as a client can read it. */
  private static final byte[] REPLY =
      GetResponse.newBuilder().setResource(Resource.newBuilder().setId("1")).build().toByteArray();

  private static final List<Duration> PAUSES = List.of(Duration.ofMillis(5), Duration.ofMillis(50));
  private static final int LOW_RATE = 100;
  private static final int MIDDLE_RATE = 5_000;
  private static final Duration SETTLE = Duration.ofSeconds(2);

  /** Enough for the highest rate with 50 ms for each call. */
  private static final int CLOSED_CALLERS = 2_000;

  private final SpeedPlan plan;

  private DriverScene(SpeedPlan plan) {
    this.plan = plan;
  }

  static Scene open(Lab lab) {
    return new DriverScene(lab.plan());
  }

  @Override
  public void round(int number, Board board)
      throws IOException, InterruptedException, SQLException {
    ceiling(board);
    double worstMillis = 0;
    for (Duration pause : PAUSES) {
      worstMillis = Math.max(worstMillis, offMillis(board, pause));
    }
    board.add(Figure.LOAD_P50, worstMillis);
    board.add(Figure.LOAD_RATE, offShare(board));
  }

  @Override
  public void close() {}

  /** Calls a second to a bare echo, beside h2load in turns. */
  private void ceiling(Board board) throws IOException, InterruptedException, SQLException {
    try (ServerProcess echo = EchoServer.start(REPLY);
        LoadTest load = new LoadTest(echo.port(), plan.connections())) {
      var _ = load.run(plan.inFlight(), plan.warmUp());
      List<Driven> driven =
          Race.run(
              board,
              List.of(
                  runner(LOAD, echo, () -> load.run(plan.inFlight(), plan.lap())),
                  runner("h2load", echo, () -> GetDriver.h2load(echo, plan, plan.lap()))));
      board.add(Figure.LOAD_H2LOAD, driven.get(0).perSecond() / driven.get(1).perSecond());
    }
  }

  private static Race.Runner runner(String driver, ServerProcess echo, HitCheck.Drive drive) {
    return new Race.Runner(
        Board.Turn.rate("calls of a bare echo", "bare echo", driver),
        Map.of("server", echo.handle()),
        _ -> drive.run());
  }

  /** By how much the reported median grows more or less than the pause of the server. */
  private double offMillis(Board board, Duration pause) throws IOException, InterruptedException {
    try (ServerProcess quick = PausingServer.start(Duration.ZERO);
        ServerProcess slow = PausingServer.start(pause);
        LoadTest toQuick = new LoadTest(quick.port(), plan.connections());
        LoadTest toSlow = new LoadTest(slow.port(), plan.connections())) {
      var _ = half(toQuick);
      double worst = 0;
      for (int rate : List.of(half(toSlow), LOW_RATE)) {
        double without = p50Millis(toQuick, rate);
        double with = p50Millis(toSlow, rate);
        String who = "server that adds %d ms".formatted(pause.toMillis());
        String what = rate == LOW_RATE ? "p50 at 100/s" : "p50 at half the ceiling";
        board.add(new Board.Turn(what, "without it, beside the " + who, LOAD, "ms"), without);
        board.add(new Board.Turn(what, who, LOAD, "ms"), with);
        worst = Math.max(worst, Math.abs(with - without - pause.toMillis()));
      }
      return worst;
    }
  }

  /** Half of the calls a second that this server can answer. Warms it up, too. */
  private int half(LoadTest load) throws InterruptedException {
    return (int) (load.run(CLOSED_CALLERS, plan.warmUp()).perSecond() / 2);
  }

  private double p50Millis(LoadTest load, int rate) throws InterruptedException {
    return load.run(rate, SETTLE, plan.turn()).latencies().p50Millis();
  }

  /** By which share the calls that arrived in a second differ from the rate, in the worst one. */
  private double offShare(Board board) throws IOException, InterruptedException {
    try (ServerProcess server = PausingServer.start(Duration.ZERO);
        LoadTest load = new LoadTest(server.port(), plan.connections())) {
      double worst = 0;
      for (int rate : List.of(half(load), LOW_RATE, MIDDLE_RATE)) {
        LoadResult result = load.run(rate, SETTLE, plan.turn());
        if (result.unsentCalls() > 0) {
          throw new IllegalStateException(result.unsentCalls() + " calls were not sent");
        }
        double off =
            lastSeconds(PausingServer.arrived(server)).stream()
                .mapToDouble(calls -> Math.abs(calls - rate))
                .max()
                .orElseThrow();
        board.add(
            new Board.Turn(
                "calls in a second, the worst away from the rate",
                rate == LOW_RATE || rate == MIDDLE_RATE
                    ? "at %,d/s".formatted(rate)
                    : "at half the ceiling",
                LOAD,
                "calls"),
            off);
        worst = Math.max(worst, off / rate);
      }
      return worst;
    }
  }

  /** The last ones were all at the same rate; the server does not count a second that goes on. */
  private List<Long> lastSeconds(List<Long> arrived) {
    int seconds = (int) plan.turn().toSeconds();
    if (arrived.size() < seconds) {
      throw new IllegalStateException("calls arrived in only %d seconds".formatted(arrived.size()));
    }
    return arrived.subList(arrived.size() - seconds, arrived.size());
  }
}
