package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.lookup.Key;
import io.loadonce.server.changes.Instances.Reach;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** A Redis whose memory is full, and one whose primary is replaced. */
@Tag("slow")
class RedisLimitsTest {
  private final Key id = Key.of(7);
  private final VersionedRows rows = new VersionedRows();
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void putRow() {
    rows.put(id, 1);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void get_memoryFullAndNothingEvicted_eachInstanceLoads() throws Exception {
    RedisServer redis = opened(RedisServer.start("--maxmemory-policy", "noeviction"));
    TierInstance a = opened(TierInstance.start(redis, rows));
    TierInstance b = opened(TierInstance.start(redis, rows));
    assertThat(a.text(id)).isEqualTo("7 is 1 LOADED");
    awaitLanded(a, 1);
    assertThat(b.text(id)).isEqualTo("7 is 1 SHARED");
    limitMemory(redis, 1);

    Key other = Key.of(8);
    rows.put(other, 1);
    assertThat(a.text(other)).isEqualTo("8 is 1 LOADED");
    assertThat(b.text(other)).isEqualTo("8 is 1 LOADED");
    rows.put(id, 2);
    Reach reach = a.invalidate(id, /* isSeen= */ true);
    assertThat(reach.isSent()).isTrue();
    assertThat(a.text(id)).startsWith("7 is 2");
    assertThat(b.text(id)).startsWith("7 is 2");

    limitMemory(redis, 0);
    Key last = Key.of(9);
    rows.put(last, 1);
    a.awaitUsable();
    b.awaitUsable();
    long landed = a.counts().landed();
    assertThat(a.text(last)).isEqualTo("9 is 1 LOADED");
    awaitLanded(a, landed + 1);
    assertThat(b.text(last)).isEqualTo("9 is 1 SHARED");
  }

  /** Whatever Redis evicts, the epoch included, an instance loads it again. */
  @Test
  void get_memoryFullAndKeysEvicted_returnsTheNewestVersion() throws Exception {
    RedisServer redis = opened(RedisServer.start("--maxmemory-policy", "allkeys-lru"));
    TierInstance a = opened(TierInstance.start(redis, rows));
    TierInstance b = opened(TierInstance.start(redis, rows));
    rows.sized(4_000);
    try (Jedis connection = redis.connect()) {
      long used = memory(connection, "used_memory:");
      connection.configSet("maxmemory", Long.toString(used + (1 << 20)));
      for (int i = 0; i < 1_000; i++) {
        Key key = Key.of(i);
        rows.put(key, 1);
        a.get(key);
        if (i % 2 == 0) {
          rows.put(key, 2);
          a.invalidate(key, /* isSeen= */ false);
        }
      }
      assertThat(evicted(connection)).isPositive();
    }
    a.invalidate(id, /* isSeen= */ true); // when it returns, b has obeyed those before it too
    for (int i = 0; i < 1_000; i++) {
      assertThat(b.text(Key.of(i))).startsWith(i + " is " + (i % 2 == 0 ? 2 : 1));
    }
  }

  @Test
  void get_sentinelMakesAReplicaPrimary_readsNothingOfTheFormerOne() throws Exception {
    RedisServer primary = opened(RedisServer.start());
    RedisServer replica =
        opened(RedisServer.start("--replicaof", "127.0.0.1", Integer.toString(primary.port())));
    await().atMost(TierInstance.TIMEOUT).until(() -> info(primary).contains("state=online"));
    RedisServer sentinel = opened(RedisServer.startSentinel("rows", primary.port()));
    await().atMost(TierInstance.TIMEOUT).until(() -> info(sentinel).contains("slaves=1"));
    TierSettings settings =
        TierSettings.of("redis-sentinel://127.0.0.1:" + sentinel.port() + "/rows");
    TierInstance a = opened(TierInstance.begin(settings, rows));
    TierInstance b = opened(TierInstance.begin(settings, rows));
    a.awaitUsable();
    b.awaitUsable();
    assertThat(a.text(id)).isEqualTo("7 is 1 LOADED");
    awaitLanded(a, 1);
    assertThat(b.text(id)).isEqualTo("7 is 1 SHARED");
    try (Jedis connection = replica.connect()) {
      await()
          .atMost(TierInstance.TIMEOUT)
          .until(() -> !connection.keys("*:7").isEmpty()); // a read of a replica is permitted
    }

    primary.kill();
    rows.put(id, 2);
    Reach lost = a.invalidate(id, /* isSeen= */ true);
    assertThat(lost.isSent()).isFalse();
    assertThat(a.text(id)).isEqualTo("7 is 2 LOADED");
    await()
        .atMost(TierInstance.TIMEOUT.multipliedBy(2))
        .until(() -> info(replica).contains("role:master"));
    a.awaitUsable();
    b.awaitUsable();
    assertThat(b.text(id)).startsWith("7 is 2");
    assertThat(a.text(id)).startsWith("7 is 2");
  }

  /** By a new connection, since a replica that becomes the primary ends those it has. */
  private static String info(RedisServer server) {
    try (Jedis connection = server.connect()) {
      return connection.info();
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.add(resource);
    return resource;
  }

  private static void limitMemory(RedisServer redis, int bytes) {
    try (Jedis connection = redis.connect()) {
      connection.configSet("maxmemory", Integer.toString(bytes));
    }
  }

  private static long evicted(Jedis connection) {
    return number(connection.info("stats"), "evicted_keys:");
  }

  private static long memory(Jedis connection, String name) {
    return number(connection.info("memory"), name);
  }

  private static long number(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitLanded(TierInstance instance, long times) {
    await().atMost(TierInstance.TIMEOUT).until(() -> instance.counts().landed() >= times);
  }
}
