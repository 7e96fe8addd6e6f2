package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.Collector;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.ClosedLoop;
import io.loadonce.bench.speed.drive.Driven;
import io.loadonce.bench.speed.drive.Metrics;
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
 * The cost of observing the service: hits and cold ids with the auditor, traces of one call in a
 * hundred and a log line for slow loads, against a server without these.
 */
final class ObservedScene implements Scene {

  private static final String OFF = "all off";
  private static final String ON = "all on";
  private static final List<String> OFF_FLAGS = List.of("--slow-load", "0s");
  private static final List<String> ON_FLAGS =
      List.of(
          "--audit",
          "10/s",
          "--slow-load",
          "1ms",
          "--log-format",
          "json",
          "--trace-ratio",
          "0.01",
          "--trace-endpoint");

  /** Time-outs for a server that is not warm, and a time to live beyond the measurement. */
  private static final List<String> SHARED_FLAGS =
      List.of("--load-timeout", "30s", "--call-timeout", "30s", "--ttl", "1h");

  /** A storm that takes longer than this is stopped; its rate counts the calls that have ended. */
  private static final Duration MAX_STORM = Duration.ofSeconds(60);

  /**
   * The warm-up is so many times longer than that of other scenes: the code that runs for one call
   * in a hundred is compiled late. After the usual warm-up, the compiler still had a third of the
   * processor time of the server with everything on.
   */
  private static final int LONGER_WARM_UP = 3;

  private final Lab lab;
  private final SpeedPlan plan;

  /** The cold ids of each lap: the same ones, which are invalidated before. */
  private final byte[][] ids;

  private ObservedScene(Lab lab) {
    this.lab = lab;
    this.plan = lab.plan();
    this.ids = Requests.gets(0, plan.rows() / (4 * Race.LAPS), plan.rows());
  }

  private record Contender(String name, ServerProcess server, ClosedLoop loop) {
    void close() {
      loop.close();
      server.close();
    }
  }

  static Scene open(Lab lab) {
    return new ObservedScene(lab);
  }

  /**
   * With servers of its own, because JVMs compile differently from start to start. Each of the two
   * goes first in every other round.
   */
  @Override
  public void round(int number, Board board)
      throws IOException, InterruptedException, SQLException {
    List<Contender> contenders = new ArrayList<>();
    try (Collector collector = Collector.start()) {
      List<String> on = new ArrayList<>(ON_FLAGS);
      on.add(collector.endpoint());
      contenders.add(start(OFF, OFF_FLAGS));
      contenders.add(start(ON, on));
      if (number % 2 == 1) {
        Collections.reverse(contenders);
      }
      for (Contender contender : contenders) {
        warmUp(contender);
      }
      double hits = onToOff(board, contenders, this::hits);
      double cold = onToOff(board, contenders, this::cold);
      for (Contender contender : contenders) {
        requireObserved(contender, collector);
      }
      board.add(Figure.OBSERVED_HITS, hits);
      board.add(Figure.OBSERVED_COLD, cold);
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  @Override
  public void close() {}

  private Contender start(String name, List<String> more)
      throws IOException, InterruptedException, SQLException {
    List<String> flags = new ArrayList<>(SHARED_FLAGS);
    flags.addAll(more);
    ServerProcess server = LoadonceServer.start(lab.table(), PostgresTable.QUERY, flags);
    return new Contender(name, server, new ClosedLoop(server.port(), plan.connections()));
  }

  private void warmUp(Contender contender) throws IOException, InterruptedException {
    Duration warmUp = plan.warmUp().multipliedBy(LONGER_WARM_UP);
    for (long began = System.nanoTime(); System.nanoTime() - began < warmUp.toNanos(); ) {
      contender.loop.forgetAll();
      var _ = storm(contender);
    }
    GetDriver.load(contender.loop, plan);
    var _ = GetDriver.CLOSED_LOOP.run(contender.server, contender.loop, plan, warmUp);
  }

  /** Returns the rate with everything on divided by the rate with everything off. */
  private static double onToOff(
      Board board, List<Contender> contenders, Function<Contender, Race.Runner> runner)
      throws IOException, InterruptedException, SQLException {
    List<Race.Runner> runners = contenders.stream().map(runner).toList();
    Race.warmUp(runners);
    List<Driven> driven = Race.run(board, runners);
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
        _ -> {
          contender.loop.forgetAll();
          return ColdCheck.loads(contender.server, () -> storm(contender));
        });
  }

  private Driven storm(Contender contender) throws InterruptedException {
    return contender.loop.run(RawCalls.GET, Requests.once(ids), plan.coldInFlight(), MAX_STORM);
  }

  /**
   * @throws IllegalStateException if one audits or traces nothing that should, or the reverse
   */
  private static void requireObserved(Contender contender, Collector collector)
      throws IOException, InterruptedException {
    boolean isOn = contender.name.equals(ON);
    Metrics metrics = Metrics.read(contender.server.adminPort());
    long audited = metrics.sum("loadonce_audit_checked_total");
    if (audited > 0 != isOn) {
      throw new IllegalStateException(
          "%s: %,d rows were audited".formatted(contender.name, audited));
    }
    if (isOn && (collector.bytes() == 0 || metrics.sum("loadonce_traces_spans_lost_total") > 0)) {
      throw new IllegalStateException("spans were lost, or none was sent");
    }
  }
}
