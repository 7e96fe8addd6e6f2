package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.EchoServer;
import io.loadonce.bench.speed.contender.PausingServer;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.Driven;
import io.loadonce.bench.speed.drive.H2load;
import io.loadonce.bench.speed.drive.LoadTest;
import io.loadonce.bench.speed.drive.RawCalls;
import io.loadonce.commands.load.LoadResult;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.Resource;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
  private static final List<Integer> RATES = List.of(100, 5_000);

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
    int half = (int) (ceiling(board) / 2);
    double worstMillis = 0;
    for (Duration pause : PAUSES) {
      worstMillis = Math.max(worstMillis, offMillis(board, 100, pause));
      worstMillis = Math.max(worstMillis, offMillis(board, half, pause));
    }
    board.add(Figure.LOAD_P50, worstMillis);
    double worstShare = offShare(board, half);
    for (int rate : RATES) {
      worstShare = Math.max(worstShare, offShare(board, rate));
    }
    board.add(Figure.LOAD_RATE, worstShare);
  }

  @Override
  public void close() {}

  /** Calls a second to a bare echo, beside h2load in turns. */
  private double ceiling(Board board) throws IOException, InterruptedException, SQLException {
    try (ServerProcess echo = EchoServer.start(REPLY);
        LoadTest load = new LoadTest(echo.port(), plan.connections())) {
      var _ = load.run(plan.inFlight(), plan.warmUp());
      List<Driven> driven =
          Race.run(
              board,
              List.of(
                  runner(LOAD, echo, () -> load.run(plan.inFlight(), plan.lap())),
                  runner("h2load", echo, () -> h2load(echo))));
      board.add(Figure.LOAD_H2LOAD, driven.get(0).perSecond() / driven.get(1).perSecond());
      return driven.get(0).perSecond();
    }
  }

  private Driven h2load(ServerProcess echo) throws IOException, InterruptedException {
    return H2load.run(
        echo.port(),
        RawCalls.GET,
        RawCalls.get(GetDriver.HOT_ID),
        plan.connections(),
        plan.inFlight(),
        plan.lap());
  }

  private static Race.Runner runner(String driver, ServerProcess echo, HitCheck.Drive drive) {
    return new Race.Runner(
        Board.Turn.rate("calls of a bare echo", "bare echo", driver),
        Map.of("server", echo.handle()),
        _ -> drive.run());
  }

  /** By how much the reported median is away from the pause of the server. */
  private double offMillis(Board board, int rate, Duration pause)
      throws IOException, InterruptedException {
    try (ServerProcess server = PausingServer.start(pause);
        LoadTest load = new LoadTest(server.port(), plan.connections())) {
      LoadResult result = load.run(rate, plan.warmUp(), plan.turn());
      double p50 = result.latencies().p50Millis();
      board.add(
          new Board.Turn(
              String.format(Locale.ROOT, "p50 at %s", rate == 100 ? "100/s" : "half the ceiling"),
              "server that pauses %d ms".formatted(pause.toMillis()),
              LOAD,
              "ms"),
          p50);
      return Math.abs(p50 - pause.toMillis());
    }
  }

  /** By which share the calls that arrived in a second differ from the rate, in the worst one. */
  private double offShare(Board board, int rate) throws IOException, InterruptedException {
    try (ServerProcess server = PausingServer.start(Duration.ZERO);
        LoadTest load = new LoadTest(server.port(), plan.connections())) {
      LoadResult result = load.run(rate, plan.warmUp(), plan.turn());
      if (result.unsentCalls() > 0) {
        throw new IllegalStateException(result.unsentCalls() + " calls were not sent");
      }
      List<Long> arrived = whole(PausingServer.arrived(server));
      double worst =
          arrived.stream().mapToDouble(calls -> Math.abs(calls - rate)).max().orElseThrow();
      board.add(
          new Board.Turn(
              "calls in a second, the worst away from the rate",
              rate > 5_000 ? "at half the ceiling" : "at %,d/s".formatted(rate),
              LOAD,
              "calls"),
          worst);
      return worst / rate;
    }
  }

  /** The whole seconds of the measurement; the first and the last are parts of one. */
  private List<Long> whole(List<Long> arrived) {
    int seconds = (int) plan.turn().toSeconds();
    List<Long> whole = new ArrayList<>(arrived);
    if (whole.size() < seconds) {
      throw new IllegalStateException("calls arrived in only %d seconds".formatted(whole.size()));
    }
    return whole.subList(whole.size() - seconds, whole.size());
  }
}
