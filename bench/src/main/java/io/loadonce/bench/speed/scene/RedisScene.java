package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.RedisServer;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.ClosedLoop;
import io.loadonce.bench.speed.drive.Driven;
import io.loadonce.bench.speed.drive.H2load;
import io.loadonce.bench.speed.drive.RawCalls;
import io.loadonce.bench.speed.drive.RedisBenchmark;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Hits by Get and by BatchGet against Redis with the same bytes and the same number of calls in
 * flight. The load generator of each is written in C.
 */
final class RedisScene implements Scene {

  private static final int BATCH = 100;
  private static final byte[] BATCH_OF_IDS = RawCalls.batchGet(1, BATCH);
  private static final List<String> REDIS_GET = RedisServer.get(GetDriver.HOT_ID);
  private static final List<String> REDIS_MULTI_GET = RedisServer.multiGet(1, BATCH);

  private final SpeedPlan plan;
  private final ServerProcess loadonce;
  private final RedisServer redis;

  /** How many calls fill a lap. */
  private final long redisGets;

  private final long redisMultiGets;

  private RedisScene(
      SpeedPlan plan,
      ServerProcess loadonce,
      RedisServer redis,
      long redisGets,
      long redisMultiGets) {
    this.plan = plan;
    this.loadonce = loadonce;
    this.redis = redis;
    this.redisGets = redisGets;
    this.redisMultiGets = redisMultiGets;
  }

  static Scene open(Lab lab) throws IOException, InterruptedException, SQLException {
    SpeedPlan plan = lab.plan();
    ServerProcess loadonce = LoadonceServer.start(lab.table(), PostgresTable.QUERY, List.of());
    int replyBytes;
    try (ClosedLoop loop = new ClosedLoop(loadonce.port(), plan.connections())) {
      GetDriver.load(loop, plan);
      GetDriver.load(loop, RawCalls.BATCH_GET, new byte[][] {BATCH_OF_IDS}, plan);
      replyBytes = loop.get(GetDriver.HOT_ID).getSerializedSize();
    }
    RedisServer redis = RedisServer.start(BATCH, replyBytes);
    int port = redis.port();
    RedisScene scene =
        new RedisScene(
            plan,
            loadonce,
            redis,
            RedisBenchmark.calls(port, REDIS_GET, plan.inFlight(), plan.lap()),
            RedisBenchmark.calls(port, REDIS_MULTI_GET, plan.inFlight(), plan.lap()));
    var _ = scene.get(plan.warmUp());
    var _ = scene.batchGet(plan.warmUp());
    return scene;
  }

  @Override
  public void round(int number, Board board)
      throws IOException, InterruptedException, SQLException {
    List<Driven> gets =
        race(
            board,
            "Get hit, beside Redis",
            _ -> HitCheck.hits(loadonce, /* idsPerCall= */ 1, () -> get(plan.lap())),
            "Redis GET",
            _ -> redis(REDIS_GET, redisGets));
    board.add(Figure.HITS_REDIS, gets.get(0).perSecond() / gets.get(1).perSecond());
    List<Driven> batches =
        race(
            board,
            "batch of 100, beside Redis",
            _ -> HitCheck.hits(loadonce, BATCH, () -> batchGet(plan.lap())),
            "Redis MGET",
            _ -> redis(REDIS_MULTI_GET, redisMultiGets));
    board.add(Figure.BATCH_REDIS, batches.get(0).perSecond() / batches.get(1).perSecond());
  }

  @Override
  public void close() {
    loadonce.close();
    redis.close();
  }

  private List<Driven> race(
      Board board, String what, Race.Lap ours, String theirName, Race.Lap theirs)
      throws IOException, InterruptedException, SQLException {
    return Race.run(
        board,
        List.of(
            new Race.Runner(
                Board.Turn.rate(what, "Loadonce", "h2load"),
                Map.of("server", loadonce.handle()),
                ours),
            new Race.Runner(
                Board.Turn.rate(what, theirName, "redis-benchmark"),
                Map.of("server", redis.handle()),
                theirs)));
  }

  private Driven get(Duration time) throws IOException, InterruptedException {
    return H2load.run(
        loadonce.port(),
        RawCalls.GET,
        RawCalls.get(GetDriver.HOT_ID),
        plan.connections(),
        plan.inFlight(),
        time);
  }

  private Driven batchGet(Duration time) throws IOException, InterruptedException {
    return H2load.run(
        loadonce.port(),
        RawCalls.BATCH_GET,
        BATCH_OF_IDS,
        plan.connections(),
        plan.inFlight(),
        time);
  }

  private Driven redis(List<String> command, long calls) throws IOException, InterruptedException {
    return RedisBenchmark.run(redis.port(), command, plan.inFlight(), calls, plan.lap());
  }
}
