package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.contender.TableReader;
import io.loadonce.bench.speed.drive.BlockingLoop;
import io.loadonce.bench.speed.drive.ClosedLoop;
import io.loadonce.bench.speed.drive.Driven;
import io.loadonce.bench.speed.drive.RawCalls;
import io.loadonce.bench.speed.drive.Requests;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A storm of cold ids, each requested once: with batching, without it, and by JDBC against the
 * table itself.
 */
final class ColdScene implements Scene {

  private static final String COLD = "cold Get";
  private static final String DRIVER = "closed loop";

  /** For the first storm, when the code of the server is not warm either. */
  private static final List<String> PATIENT =
      List.of("--load-timeout", "30s", "--call-timeout", "30s");

  /** A storm that takes longer than this is stopped; its rate counts the calls that have ended. */
  private static final Duration MOST = Duration.ofSeconds(60);

  private final SpeedPlan plan;
  private final PostgresTable table;
  private final TableReader reader;
  private final Asked batching;
  private final Asked single;

  private ColdScene(
      SpeedPlan plan, PostgresTable table, TableReader reader, Asked batching, Asked single) {
    this.plan = plan;
    this.table = table;
    this.reader = reader;
    this.batching = batching;
    this.single = single;
  }

  private record Asked(String name, ServerProcess server, ClosedLoop loop) {
    static Asked of(String name, ServerProcess server, SpeedPlan plan) throws InterruptedException {
      return new Asked(name, server, new ClosedLoop(server.port(), plan.connections()));
    }

    void close() {
      loop.close();
      server.close();
    }
  }

  static Scene open(Lab lab) throws IOException, InterruptedException, SQLException {
    SpeedPlan plan = lab.plan();
    PostgresTable table = lab.table();
    ColdScene scene =
        new ColdScene(
            plan,
            table,
            new TableReader(table.url()),
            Asked.of("Loadonce", LoadonceServer.start(table, PostgresTable.QUERY, PATIENT), plan),
            Asked.of(
                "Loadonce, one id a query",
                LoadonceServer.start(
                    table,
                    PostgresTable.QUERY,
                    Stream.concat(PATIENT.stream(), Stream.of("--max-ids-per-query", "1"))
                        .toList()),
                plan));
    for (Asked asked : List.of(scene.batching, scene.single)) {
      scene.warmUp(asked, Requests.gets(0, plan.coldShare(), plan.rows()));
    }
    return scene;
  }

  /** Warms up cold ids for as long as hits, because one storm does not compile their code. */
  private void warmUp(Asked asked, byte[][] first) throws InterruptedException {
    for (long began = System.nanoTime(); System.nanoTime() - began < plan.warmUp().toNanos(); ) {
      asked.loop.forgetAll();
      var _ = drive(asked, first);
    }
    var _ = hits(asked, first, plan.warmUp());
  }

  @Override
  public void round(int number, Board board)
      throws IOException, InterruptedException, SQLException {
    List<byte[][]> laps = requests(number);
    Storms cold = new Storms(batching, laps);
    Storms slow = new Storms(single, laps);
    List<Driven> driven =
        Race.run(
            board,
            // In this order: the hits are for ids that the storm before them has loaded.
            List.of(
                cold.runner(),
                hits(laps),
                slow.runner(),
                new Race.Runner(
                    Board.Turn.rate(
                        "row",
                        "JDBC, %d connections".formatted(TableReader.CONNECTIONS),
                        "%d threads".formatted(TableReader.CONNECTIONS)),
                    Map.of("database", table.handle()),
                    _ -> BlockingLoop.run(this::readAny, TableReader.CONNECTIONS, plan.lap()))));
    double coldRate = driven.get(0).perSecond();
    double hitRate = driven.get(1).perSecond();
    double readRate = driven.get(3).perSecond();
    board.add(Figure.COLD_HITS, coldRate / hitRate);
    board.add(Figure.COLD_SINGLE, coldRate / driven.get(2).perSecond());
    board.add(Figure.COLD_QUERIES, 1e3 * cold.queries / driven.get(0).calls());
    board.add(Figure.COLD_JDBC, coldRate / readRate);
    board.add(Figure.HITS_JDBC, hitRate / readRate);
  }

  @Override
  public void close() {
    batching.close();
    single.close();
    reader.close();
  }

  /** The ids for each lap of a round; none was requested before. */
  private List<byte[][]> requests(int round) {
    int ids = plan.coldShare() / Race.LAPS;
    return IntStream.range(0, Race.LAPS)
        .mapToObj(lap -> (round + 1) * plan.coldShare() + lap * ids)
        .map(firstPlace -> Requests.gets(firstPlace, ids, plan.rows()))
        .toList();
  }

  /** Hits of the ids that the storm of the same lap has loaded. */
  private Race.Runner hits(List<byte[][]> laps) {
    return new Race.Runner(
        Board.Turn.rate(
            "Get hit, %d in flight".formatted(plan.coldInFlight()), batching.name, DRIVER),
        Map.of("server", batching.server.handle()),
        lap ->
            HitCheck.hits(
                batching.server,
                /* idsPerCall= */ 1,
                () -> hits(batching, laps.get(lap), plan.lap())));
  }

  /** The storms of one round on one server: one in each lap, with different ids. */
  private final class Storms {
    private final Asked asked;
    private final List<byte[][]> laps;

    /** The queries that the database counted. */
    private long queries;

    Storms(Asked asked, List<byte[][]> laps) {
      this.asked = asked;
      this.laps = laps;
    }

    Race.Runner runner() {
      return new Race.Runner(
          Board.Turn.rate(COLD, asked.name, DRIVER),
          Map.of("server", asked.server.handle(), "database", table.handle()),
          this::run);
    }

    private Driven run(int lap) throws IOException, InterruptedException, SQLException {
      long queriesBefore = table.queries();
      Driven driven = ColdCheck.loads(asked.server, () -> drive(asked, laps.get(lap)));
      queries += table.queries() - queriesBefore;
      return driven;
    }
  }

  private Driven drive(Asked asked, byte[][] requests) throws InterruptedException {
    return asked.loop.run(RawCalls.GET, Requests.once(requests), plan.coldInFlight(), MOST);
  }

  private Driven hits(Asked asked, byte[][] requests, Duration time) throws InterruptedException {
    return asked.loop.run(RawCalls.GET, Requests.anyOf(requests), plan.coldInFlight(), time);
  }

  private Object readAny() throws SQLException {
    return reader.read(1 + ThreadLocalRandom.current().nextInt(plan.rows()));
  }
}
