package io.loadonce.bench.reliability.fleet;

import com.google.common.io.Closer;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.RedisServer;
import io.loadonce.bench.speed.drive.Metrics;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * The database, Redis and the instances of all scenes. They end when this is closed, also those
 * that come after one which cannot be ended.
 */
final class FleetLab implements AutoCloseable {

  private static final int ROWS = 200_000;

  /** Longer than the calls go on after Redis was killed; otherwise rows expire meanwhile. */
  private static final String STALE_ON_DISCONNECT = "1m";

  private static final Duration USABLE_WITHIN = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(20);

  /** A condition that comes true after a while. */
  interface Condition {
    boolean holds() throws IOException, InterruptedException, SQLException;
  }

  private final PostgresTable table;
  private final RedisServer redis;
  private final List<Member> members = new ArrayList<>();
  private final AtomicInteger nextId = new AtomicInteger(1);

  private FleetLab(PostgresTable table, RedisServer redis) {
    this.table = table;
    this.redis = redis;
  }

  /**
   * Starts the database and Redis.
   *
   * @throws IllegalStateException if Redis is not installed
   */
  static FleetLab start() throws IOException, InterruptedException, SQLException {
    if (!RedisServer.isInstalled()) {
      throw new IllegalStateException("redis-server is not installed; install Redis");
    }
    RedisServer redis = RedisServer.start(/* rows= */ 0, /* valueBytes= */ 0);
    try {
      return new FleetLab(PostgresTable.start(ROWS), redis);
    } catch (IOException | SQLException | RuntimeException e) {
      redis.close();
      throw e;
    }
  }

  /** Starts an instance, and returns as soon as it accepts calls. */
  Member start(boolean usesRedis) throws IOException, InterruptedException {
    List<String> more = new ArrayList<>(List.of("--ttl", "1h"));
    if (usesRedis) {
      more.addAll(List.of("--redis-url", "redis://127.0.0.1:" + redis.port()));
      more.addAll(List.of("--stale-on-disconnect", STALE_ON_DISCONNECT));
    }
    Member member = Member.start(LoadonceServer.flags(table, PostgresTable.QUERY, more));
    members.add(member);
    return member;
  }

  /**
   * Starts instances; with Redis, returns when each of them uses it and knows the others. If one
   * does not start, those before it run until this lab is closed.
   */
  List<Member> start(int count, boolean usesRedis)
      throws IOException, InterruptedException, SQLException {
    List<Member> fleet = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      fleet.add(start(usesRedis));
    }
    if (usesRedis) {
      awaitUsable(fleet);
    }
    return fleet;
  }

  /** Returns when each instance of a fleet uses Redis and knows the others. */
  static void awaitUsable(List<Member> fleet)
      throws IOException, InterruptedException, SQLException {
    for (Member member : fleet) {
      await("an instance uses Redis", () -> isUsable(member.metrics(), fleet.size()));
    }
  }

  private static boolean isUsable(Metrics metrics, int instances) {
    return metrics.sum("loadonce_tier_trusted") == 1
        && metrics.plain("loadonce_tier_connected") == 1
        && metrics.plain("loadonce_tier_other_instances") >= instances - 1;
  }

  /** Polls until it holds. */
  static void await(String what, Condition condition)
      throws IOException, InterruptedException, SQLException {
    long endNanos = System.nanoTime() + USABLE_WITHIN.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - endNanos > 0) {
        throw new IllegalStateException("not within %s: %s".formatted(USABLE_WITHIN, what));
      }
      Thread.sleep(POLL);
    }
  }

  void end(List<Member> ended) {
    ended.forEach(Member::close);
    members.removeAll(ended);
  }

  /** An id that was not called before. */
  int newId() {
    int id = nextId.getAndIncrement();
    if (id > ROWS) {
      throw new IllegalStateException("the table has no more rows");
    }
    return id;
  }

  /** Ids that were not called before. */
  List<Integer> newIds(int count) {
    return IntStream.range(0, count).mapToObj(_ -> newId()).toList();
  }

  PostgresTable table() {
    return table;
  }

  ProcessHandle redis() {
    return redis.handle();
  }

  @Override
  public void close() throws IOException, SQLException {
    try (table;
        redis;
        Closer instances = Closer.create()) {
      members.forEach(member -> instances.register(member::close));
    }
  }
}
