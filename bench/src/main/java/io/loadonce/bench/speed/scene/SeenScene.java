package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.Collector;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.ClosedLoop;
import io.loadonce.bench.speed.drive.Driven;
import io.loadonce.bench.speed.drive.RawCalls;
import io.loadonce.bench.speed.drive.Requests;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What it costs to see what the service does: hits and cold ids with the auditor, traces, lines for
 * slow loads and JSON logs, against a server without them.
 */
final class SeenScene implements Scene {

  private static final String OFF = "all off";
  private static final String ON = "all on";
  private static final List<String> FLAGS =
      List.of("--audit", "10/s", "--slow-load", "100ms", "--log-format", "json");

  /** For the first storm, when the code of the server is not warm; and no row expires. */
  private static final List<String> PATIENT =
      List.of("--load-timeout", "30s", "--call-timeout", "30s", "--ttl", "1h");

  /** A storm that takes longer than this is stopped; its rate counts the calls that have ended. */
  private static final Duration MOST = Duration.ofSeconds(60);

  private final Lab lab;
  private final SpeedPlan plan;
  private final Collector collector;
  private final byte[][] ids;

  private SeenScene(Lab lab, Collector collector) {
    this.lab = lab;
    this.plan = lab.plan();
    this.collector = collector;
    this.ids = Requests.gets(0, plan.rows() / (4 * Race.LAPS), plan.rows());
  }

  private record Contender(String name, ServerProcess server, ClosedLoop loop) {
    void close() {
      loop.close();
      server.close();
    }
  }

  static Scene open(Lab lab) throws IOException {
    return new SeenScene(lab, Collector.start());
  }

  /**
   * With servers of its own, because the rate of a JVM varies by a fifth from start to start. Each
   * of the two goes first in every other round.
   */
  @Override
  public void round(int number, Board board)
      throws IOException, InterruptedException, SQLException {
    List<String> on = new ArrayList<>(FLAGS);
    on.addAll(List.of("--trace-endpoint", collector.endpoint()));
    List<Contender> contenders = new ArrayList<>();
    try {
      contenders.add(start(OFF, List.of()));
      contenders.add(start(ON, on));
      if (number % 2 == 1) {
        Collections.reverse(contenders);
      }
      for (Contender contender : contenders) {
        warmUp(contender);
      }
      for (Contender contender : contenders) {
        GetDriver.load(contender.loop, plan);
      }
      board.add(Figure.SEEN_HITS, onToOff(board, contenders, this::hits));
      board.add(Figure.SEEN_COLD, onToOff(board, contenders, this::cold));
    } finally {
      contenders.forEach(Contender::close);
    }
    collector.requireSpans();
  }

  @Override
  public void close() {
    collector.close();
  }

  private Contender start(String name, List<String> more)
      throws IOException, InterruptedException, SQLException {
    List<String> flags = new ArrayList<>(PATIENT);
    flags.addAll(more);
    ServerProcess server = LoadonceServer.start(lab.table(), PostgresTable.QUERY, flags);
    return new Contender(name, server, new ClosedLoop(server.port(), plan.connections()));
  }

  private void warmUp(Contender contender) throws IOException, InterruptedException {
    for (long began = System.nanoTime(); System.nanoTime() - began < plan.warmUp().toNanos(); ) {
      var _ = storm(contender);
    }
    GetDriver.load(contender.loop, plan);
    var _ = GetDriver.CLOSED_LOOP.run(contender.server, contender.loop, plan, plan.warmUp());
  }

  /** Returns the rate with everything on beside the rate with everything off. */
  private static double onToOff(
      Board board, List<Contender> contenders, Function<Contender, Race.Runner> runner)
      throws IOException, InterruptedException, SQLException {
    List<Driven> driven = Race.run(board, contenders.stream().map(runner).toList());
    double ratio = driven.get(1).perSecond() / driven.get(0).perSecond();
    return contenders.getFirst().name.equals(OFF) ? ratio : 1 / ratio;
  }

  private Race.Runner hits(Contender contender) {
    GetDriver driver = GetDriver.CLOSED_LOOP;
    return new Race.Runner(
        Board.Turn.rate("Get hit", contender.name, driver.title()),
        Map.of("server", contender.server.handle()),
        _ ->
            HitCheck.hits(
                contender.server,
                /* idsPerCall= */ 1,
                () -> driver.run(contender.server, contender.loop, plan, plan.lap())));
  }

  private Race.Runner cold(Contender contender) {
    return new Race.Runner(
        Board.Turn.rate("cold Get", contender.name, GetDriver.CLOSED_LOOP.title()),
        Map.of("server", contender.server.handle()),
        _ -> storm(contender));
  }

  private Driven storm(Contender contender) throws InterruptedException {
    contender.loop.forgetAll();
    return contender.loop.run(RawCalls.GET, Requests.once(ids), plan.coldInFlight(), MOST);
  }
}
