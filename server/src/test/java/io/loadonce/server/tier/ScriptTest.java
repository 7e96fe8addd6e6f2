package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.lookup.EncodedRow;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Each script by itself, on a real Redis. */
class ScriptTest {
  private static final String EPOCH_KEY = "epoch";
  private static final String KEY = "epoch:7";
  private static final String EPOCH = "epoch-000001";
  private static final String A = "instance---a";
  private static final String B = "instance---b";
  private static final String ANY = TierValue.versionText(Long.MIN_VALUE);

  private static RedisServer redis;
  private static RedisConnection connection;
  private static Jedis reader;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.start();
    connection = new RedisConnector(TierSettings.of(redis.url())).open();
    reader = redis.connect();
  }

  @AfterAll
  static void stop() {
    if (redis != null) {
      reader.close();
      connection.close();
      redis.close();
    }
  }

  @BeforeEach
  void empty() {
    reader.flushAll();
    reader.set("alive:" + A, "1");
    reader.set("alive:" + B, "1");
  }

  @Test
  void look_nothingThere_takesTheLease() {
    assertThat(look(A, "nonce-000001")).isEqualTo("L");
    assertThat(reader.get(KEY)).isEqualTo("L" + EPOCH + A + "nonce-0000010");
    assertThat(reader.pttl(KEY)).isBetween(1L, 6_000L);
  }

  @Test
  void look_leaseOfALivingInstance_waitsAndIsNoted() {
    look(A, "nonce-000001");
    assertThat(look(B, "nonce-000002")).isEqualTo("W");
    assertThat(reader.get(KEY)).isEqualTo("L" + EPOCH + A + "nonce-0000011");
    assertThat(reader.pttl(KEY)).isBetween(1L, 6_000L);
  }

  @Test
  void look_leaseOfADeadInstance_takesIt() {
    look(A, "nonce-000001");
    reader.del("alive:" + A);
    assertThat(look(B, "nonce-000002")).isEqualTo("L");
    assertThat(land(A, "nonce-000001", "V", 1)).isZero();
    assertThat(land(B, "nonce-000002", "V", 1)).isOne();
  }

  @Test
  void look_takesOver_takesTheLeaseOfALivingInstance() {
    look(A, "nonce-000001");
    assertThat(look(B, "nonce-000002", ANY, 60_000, true)).isEqualTo("L");
  }

  @Test
  void look_rowThere_isReturnedWithItsTime() {
    look(A, "nonce-000001");
    land(A, "nonce-000001", "V", 5);
    assertThat(look(B, "nonce-000002")).isEqualTo("V");
    assertThat(look(B, "nonce-000003", TierValue.versionText(5), 60_000, false)).isEqualTo("V");
  }

  @Test
  void look_rowTooOldOrOfALowVersion_takesTheLease() {
    look(A, "nonce-000001");
    land(A, "nonce-000001", "V", 5);
    assertThat(look(B, "nonce-000002", ANY, /* maxAge= */ 10_000, false)).isEqualTo("L");
    land(B, "nonce-000002", "V", 5);
    assertThat(look(A, "nonce-000003", TierValue.versionText(6), 60_000, false)).isEqualTo("L");
  }

  @Test
  void look_valueOfAnotherEpoch_isNothing() {
    look(A, "nonce-000001");
    land(A, "nonce-000001", "V", 5);
    reader.set(EPOCH_KEY, "epoch-000002");
    assertThat(look(B, "nonce-000002")).isEqualTo("L");
  }

  @Test
  void land_leaseGone_putsNothing() {
    look(A, "nonce-000001");
    forget("");
    assertThat(land(A, "nonce-000001", "V", 1)).isZero();
    assertThat(reader.get(KEY)).isNull();
  }

  @Test
  void land_leaseGoneAndOlderVersionThere_removesIt() {
    look(A, "nonce-000001");
    forget("");
    look(B, "nonce-000002");
    land(B, "nonce-000002", "V", 1);
    assertThat(land(A, "nonce-000001", "V", 2)).isZero();
    assertThat(reader.get(KEY)).isNull();
  }

  @Test
  void land_tooLarge_isSaidToOthers() {
    look(A, "nonce-000001");
    assertThat(land(A, "nonce-000001", "X", 1)).isOne();
    assertThat(look(B, "nonce-000002")).isEqualTo("X");
  }

  @Test
  void fail_ownLease_returnsIt() {
    look(A, "nonce-000001");
    assertThat(fail(B, "nonce-000001")).isZero();
    assertThat(fail(A, "nonce-000001")).isOne();
    assertThat(reader.get(KEY)).isNull();
  }

  @Test
  void forget_newEpoch_removesAll() {
    look(A, "nonce-000001");
    land(A, "nonce-000001", "V", 1);
    forget("epoch-000009");
    assertThat(look(B, "nonce-000002")).isEqualTo("L");
    assertThat(reader.get(KEY)).startsWith("Lepoch-000009" + B);
  }

  @Test
  void watch_anotherHasWatchedSince_isTrusted() {
    assertThat(watch(A, true, "")).isEqualTo("T");
    long nowMillis = nowMillis();
    assertThat(watch(B, false, "")).isEqualTo("M");
    assertThat(watch(B, false, Long.toString(nowMillis - 5_000))).isEqualTo("Y");
  }

  /** A change within that millisecond may be known to neither of them. */
  @Test
  void watch_anotherHasWatchedUntilTheSameMillisecond_isAskedAgain() {
    long nowMillis = nowMillis();
    claim(A, nowMillis);
    assertThat(watch(B, false, Long.toString(nowMillis))).isEqualTo("M");
    assertThat(watch(B, false, Long.toString(nowMillis - 1))).isEqualTo("Y");
  }

  @Test
  void watch_clockOfRedisWasSetBack_momentsOfBeforeDoNotCount() {
    claim(A, nowMillis() + 60_000);
    assertThat(watch(B, false, "")).isEqualTo("N");
  }

  /** No moment of another instance would be later for as long as it was set back. */
  @Test
  void watch_clockOfRedisWasSetBackSince_isNotTrusted() {
    claim(A, nowMillis());
    assertThat(watch(B, false, Long.toString(nowMillis() + 60_000))).isEqualTo("N");
  }

  @Test
  void watch_earlierMomentArrivesLater_theLaterOneStays() {
    long nowMillis = nowMillis();
    claim(A, nowMillis);
    claim(A, nowMillis - 1_000);
    assertThat(watch(B, false, Long.toString(nowMillis - 500))).isEqualTo("Y");
  }

  @Test
  void watch_noOtherInstance_isNotTrusted() {
    assertThat(watch(A, false, "")).isEqualTo("N");
  }

  private static String look(String instance, String nonce) {
    return look(instance, nonce, ANY, 60_000, /* takesOver= */ false);
  }

  private static String look(
      String instance, String nonce, String minVersion, long maxAge, boolean takesOver) {
    connection.run(
        Script.LOOK,
        List.of(EPOCH_KEY, KEY),
        bytes(EPOCH),
        bytes(instance),
        bytes(nonce),
        bytes("6000"),
        bytes(minVersion),
        bytes(Long.toString(maxAge)),
        bytes("0"),
        bytes(takesOver ? "1" : "0"),
        bytes("alive:"));
    return text(((List<?>) connection.answers(1).getFirst()).getFirst());
  }

  /** Lands a row that has used up 20 s of its minute. */
  private static long land(String instance, String nonce, String kind, long version) {
    byte[] value = new TierValue(EncodedRow.copyOf(new byte[] {1, 2}), version, 60_000).encode("7");
    connection.run(
        Script.LAND,
        List.of(EPOCH_KEY, KEY),
        bytes(instance),
        bytes(nonce),
        bytes(kind),
        value,
        bytes("40000"),
        bytes("channel"),
        bytes("message"));
    return (Long) connection.answers(1).getFirst();
  }

  private static long fail(String instance, String nonce) {
    connection.run(
        Script.FAIL,
        List.of(EPOCH_KEY, KEY),
        bytes(instance),
        bytes(nonce),
        bytes("channel"),
        bytes("message"));
    return (Long) connection.answers(1).getFirst();
  }

  private static void forget(String newEpoch) {
    connection.run(
        Script.FORGET,
        List.of(newEpoch.isEmpty() ? KEY : EPOCH_KEY),
        bytes("channel"),
        bytes("message"),
        bytes(newEpoch));
    assertThat(connection.answers(1)).isEqualTo(List.of(0L));
  }

  private static void claim(String instance, long momentMillis) {
    assertThat(watch(instance, momentMillis, /* isTrusted= */ true, "")).isEqualTo("T");
  }

  private static String watch(String instance, boolean isTrusted, String since) {
    return watch(instance, nowMillis(), isTrusted, since);
  }

  private static String watch(String instance, long momentMillis, boolean isTrusted, String since) {
    long nowMillis = nowMillis();
    connection.run(
        Script.WATCH,
        List.of("watch", EPOCH_KEY),
        bytes(instance),
        bytes(Long.toString(momentMillis)),
        bytes(isTrusted ? "1" : "0"),
        bytes(since),
        bytes("3000"));
    List<?> answer = (List<?>) connection.answers(1).getFirst();
    long toldMillis = Long.parseLong(text(answer.get(2)));
    assertThat(text(answer.get(1))).isEqualTo(EPOCH_KEY);
    assertThat(toldMillis).isBetween(nowMillis, nowMillis() + 1_000);
    assertThat(text(answer.get(3))).isEqualTo(since.isEmpty() ? text(answer.get(2)) : since);
    return text(answer.getFirst());
  }

  private static long nowMillis() {
    return Long.parseLong(reader.time().getFirst()) * 1_000;
  }

  private static byte[] bytes(String text) {
    return RedisConnection.bytes(text);
  }

  private static String text(Object reply) {
    return new String((byte[]) reply, StandardCharsets.US_ASCII);
  }
}
