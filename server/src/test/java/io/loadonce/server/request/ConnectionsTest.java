package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The budget of bytes, and who is disconnected. Time passes on request only. */
class ConnectionsTest {

  private static final int MIB = 1 << 20;
  private static final long BUDGET = 8 * MIB;

  private final AtomicLong clock = new AtomicLong();

  /** The bytes that the clients have taken. */
  private final AtomicLong progress = new AtomicLong();

  /** The generations of the replies that were written and not taken, by connection. */
  private final Map<Connection, Deque<Integer>> untaken = new HashMap<>();

  private final Connections connections =
      new Connections(
          new ConnectionLimits(4, 3, BUDGET, /* unreadTimeout= */ Duration.ofSeconds(10)),
          clock::get);

  @Test
  void write_moreThanHalfOfTheBudget_isRefusedForThisConnectionOnly() {
    Connection greedy = open("a");

    for (int i = 0; i < 4; i++) {
      assertThat(write(greedy, MIB)).isNull();
    }

    assertThat(write(greedy, MIB)).isEqualTo(ReplyLimit.CONNECTION);
    assertThat(write(open("b"), MIB)).isNull();
  }

  @Test
  void write_moreThanTheBudget_isRefusedUntilRepliesAreTaken() {
    Connection[] all = {open("a"), open("a"), open("a")};
    for (int i = 0; i < 8; i++) {
      assertThat(write(all[i % 2], MIB)).isNull();
    }

    assertThat(write(all[2], MIB)).isEqualTo(ReplyLimit.PROCESS);
    taken(all[0], MIB);
    assertThat(write(all[2], MIB)).isNull();
  }

  @Test
  void write_oneReplyLargerThanAConnectionMayHold_isAllowedIfItHoldsNothing() {
    Connection connection = open("a");

    assertThat(write(connection, 6 * MIB)).isNull();
    assertThat(write(connection, 1)).isEqualTo(ReplyLimit.CONNECTION);
    assertThat(write(open("a"), 9 * MIB)).isEqualTo(ReplyLimit.PROCESS);
  }

  @Test
  void write_manySmallReplies_areCountedByTheSweep() {
    Connection[] all = {open("a"), open("a"), open("a")};
    int small = 1_000;
    for (int i = 0; i < BUDGET / small; i++) {
      assertThat(write(all[i % 3], small)).isNull();
    }
    assertThat(write(all[0], small)).as("before the sweep").isNull();
    sweepAfter(Duration.ofMillis(200));

    assertThat(write(all[0], small)).isEqualTo(ReplyLimit.PROCESS);
  }

  @Test
  void sweep_nothingIsTakenInTime_resetsThatConnection() {
    AtomicInteger resets = new AtomicInteger();
    Connection stuck = open("a", resets);
    Connection reading = open("b");
    assertThat(write(stuck, MIB)).isNull();
    assertThat(write(reading, 100)).isNull();
    sweepAfter(Duration.ofMillis(100));
    for (int second = 0; second < 10; second++) {
      taken(reading, 100);
      assertThat(write(reading, 100)).isNull();
      sweepAfter(Duration.ofSeconds(1));
    }
    assertThat(resets).hasValue(0);

    sweepAfter(Duration.ofSeconds(1));

    assertThat(resets).hasValue(1);
  }

  /** What it takes does not make up for what it leaves. */
  @Test
  void sweep_smallRepliesAreTakenAndALargeOneIsLeft_resetsThatConnection() {
    AtomicInteger resets = new AtomicInteger();
    Connection sly = open("a", resets);
    assertThat(sly.write(MIB, sly.generation())).isNull();
    sweepAfter(Duration.ofMillis(100));
    for (int second = 0; second < 26; second++) {
      assertThat(write(sly, 100)).isNull();
      taken(sly, 100);
      progress.incrementAndGet();
      sweepAfter(Duration.ofSeconds(1));
    }
    assertThat(resets).hasValue(0);

    sweepAfter(Duration.ofSeconds(1));

    assertThat(resets).hasValue(1);
  }

  @Test
  void sweep_othersAreRefusedAndALargeReplyIsLeft_resetsAtTheTimeout() {
    AtomicInteger resets = new AtomicInteger();
    Connection sly = open("a", resets);
    Connection other = open("b");
    assertThat(sly.write(4 * MIB, sly.generation())).isNull();
    sweepAfter(Duration.ofMillis(100));
    for (int second = 0; second < 10; second++) {
      assertThat(write(other, 6 * MIB)).isEqualTo(ReplyLimit.PROCESS);
      progress.incrementAndGet();
      sweepAfter(Duration.ofSeconds(1));
    }
    assertThat(resets).hasValue(0);

    assertThat(write(other, 6 * MIB)).isEqualTo(ReplyLimit.PROCESS);
    progress.incrementAndGet();
    sweepAfter(Duration.ofSeconds(1));

    assertThat(resets).as("without the time for its size").hasValue(1);
  }

  @Test
  void sweep_largeReplyOnASlowNetwork_hasMoreTime() {
    AtomicInteger resets = new AtomicInteger();
    Connection slow = open("a", resets);
    assertThat(write(slow, MIB)).isNull();
    sweepAfter(Duration.ofMillis(100));
    for (int second = 0; second < 26; second++) {
      progress.incrementAndGet();
      sweepAfter(Duration.ofSeconds(1));
    }
    assertThat(resets).hasValue(0);

    progress.incrementAndGet();
    sweepAfter(Duration.ofSeconds(1));

    assertThat(resets).as("slower than 64 KiB a second").hasValue(1);
  }

  @Test
  void sweep_othersAreRefused_resetsTheWorstAfterASecond() {
    AtomicInteger ofWorst = new AtomicInteger();
    AtomicInteger ofOther = new AtomicInteger();
    Connection worst = open("a", ofWorst);
    Connection other = open("a", ofOther);
    for (int i = 0; i < 4; i++) {
      assertThat(write(worst, MIB)).isNull();
    }
    assertThat(write(other, 3 * MIB)).isNull();
    sweepAfter(Duration.ofMillis(100));
    sweepAfter(Duration.ofSeconds(2));
    assertThat(ofWorst).as("nobody is refused").hasValue(0);

    assertThat(write(open("b"), 2 * MIB)).isEqualTo(ReplyLimit.PROCESS);
    sweepAfter(Duration.ofMillis(200));

    assertThat(ofWorst).hasValue(1);
    assertThat(ofOther).hasValue(0);
  }

  @Test
  void sweep_rowsWaitForOtherRows_isNotTheClientsFault() {
    AtomicInteger resets = new AtomicInteger();
    Reservation waiting = new Reservation(open("a", resets));
    assertThat(waiting.addRow(1_000)).isNull();

    sweepAfter(Duration.ofSeconds(1));
    sweepAfter(Duration.ofSeconds(60));

    assertThat(resets).hasValue(0);
  }

  @Test
  void reservation_ends_returnsAllWhateverHappened() {
    Connection connection = open("a");
    Reservation cancelled = new Reservation(connection);
    Reservation sent = new Reservation(connection);
    assertThat(cancelled.addRow(MIB)).isNull();
    assertThat(sent.addRow(MIB)).isNull();
    sent.written(MIB);
    assertThat(connection.heldBytes()).isGreaterThanOrEqualTo(2 * MIB);
    assertThat(connection.isRead()).isFalse();

    cancelled.end();
    cancelled.end();
    cancelled.written(MIB);
    sent.end();

    assertThat(connection.heldBytes()).isZero();
    assertThat(connection.isRead()).isTrue();
    assertThat(write(open("b"), BUDGET)).as("the whole budget is free").isNull();
  }

  @Test
  void reservation_replyIsWritten_returnsThePlaces() {
    Connection connection = open("a");
    Reservation batch = new Reservation(connection);
    assertThat(batch.addWaiting(MIB)).isNull();
    assertThat(batch.addRow(1_000)).isNull();

    batch.written(1_000);

    assertThat(connection.heldBytes()).isEqualTo(1_000);
  }

  @Test
  void reservation_replyOfStatuses_isCountedWhenItIsWritten() {
    Connection connection = open("a");
    Reservation batch = new Reservation(connection);
    assertThat(batch.addWaiting(1_000)).isNull();

    batch.written(5 * MIB);

    assertThat(connection.heldBytes()).isEqualTo(5 * MIB);
    assertThat(connection.isRead()).isFalse();
    assertThat(write(open("b"), 4 * MIB)).isEqualTo(ReplyLimit.PROCESS);
    batch.end();
    assertThat(connection.heldBytes()).isZero();
    assertThat(write(open("b"), BUDGET)).as("the whole budget is free").isNull();
  }

  @Test
  void reservation_tooManyCallsWait_isRefused() {
    Connection connection = open("a");
    for (int i = 0; i < BUDGET / 2 / Reservation.CALL_BYTES; i++) {
      assertThat(new Reservation(connection).addWaiting(Reservation.CALL_BYTES)).isNull();
    }

    assertThat(new Reservation(connection).addWaiting(Reservation.CALL_BYTES))
        .isEqualTo(ReplyLimit.CONNECTION);
  }

  /** As with a hit, which takes no room before. */
  @Test
  void reservation_rowIsLargerThanAConnectionMayHold_isAllowedIfItHoldsNothingElse() {
    Connection connection = open("a");
    Reservation miss = new Reservation(connection);
    assertThat(miss.addWaiting(Reservation.CALL_BYTES)).isNull();
    assertThat(miss.addRow(6 * MIB)).isNull();
    assertThat(miss.addRow(1)).isEqualTo(ReplyLimit.CONNECTION);
    miss.end();
    Reservation other = new Reservation(connection);
    assertThat(other.addWaiting(Reservation.CALL_BYTES)).isNull();

    assertThat(new Reservation(connection).addRow(6 * MIB)).isEqualTo(ReplyLimit.CONNECTION);
  }

  @Test
  void reservation_rowsOverTheLimitOfOneReply_areLeftOut() {
    Reservation reply = new Reservation(/* connection= */ null);
    for (int i = 0; i < 64; i++) {
      assertThat(reply.addRow(MIB)).isNull();
    }

    assertThat(reply.addRow(1)).isEqualTo(ReplyLimit.REPLY);
  }

  @Test
  void requestArrived_moreThanAConnectionMayHold_resetsIt() {
    AtomicInteger resets = new AtomicInteger();
    Connection connection = open("a", resets);
    connection.requestArrived(4 * MIB);
    assertThat(new Reservation(connection).addWaiting(1)).isEqualTo(ReplyLimit.CONNECTION);
    connection.requestEnded(4 * MIB);
    assertThat(new Reservation(connection).addWaiting(1)).isNull();
    connection.requestArrived(4 * MIB);
    assertThat(resets).hasValue(0);

    connection.requestArrived(1);

    assertThat(resets).hasValue(1);
  }

  @Test
  void requestArrived_connectionsTogetherOverHalfOfTheBudget_resetsTheOneWithMost() {
    AtomicInteger others = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Connection first = open("a", others);
    Connection second = open("b", most);
    Connection third = open("c", others);
    first.requestArrived(MIB);
    second.requestArrived(2 * MIB);
    third.requestArrived(MIB);
    assertThat(most).hasValue(0);

    third.requestArrived(1);
    assertThat(most).hasValue(1);
    assertThat(others).hasValue(0);

    second.requestEnded(2 * MIB);
    third.requestArrived(MIB);
    assertThat(others).hasValue(0);
  }

  @Test
  void open_tooMany_isNull() {
    open("a");
    open("a");
    Connection last = open("a");

    assertThat(tryOpen("a")).as("three from one address").isNull();
    open("b");
    assertThat(tryOpen("c")).as("four in all").isNull();
    last.closed();
    last.closed();
    assertThat(tryOpen("a")).isNotNull();
    assertThat(tryOpen("c")).isNull();
  }

  private Connection open(String peer) {
    return open(peer, new AtomicInteger());
  }

  private Connection open(String address, AtomicInteger resets) {
    return Objects.requireNonNull(connections.open(new TestClient(address, resets, progress)));
  }

  private @Nullable Connection tryOpen(String address) {
    return connections.open(new TestClient(address, new AtomicInteger(), progress));
  }

  record TestClient(String address, AtomicInteger resets, AtomicLong progress)
      implements Connection.Client {

    @Override
    public void reset() {
      resets.incrementAndGet();
    }

    @Override
    public void sampleProgress(LongConsumer sample) {
      sample.accept(progress.get());
    }
  }

  private @Nullable ReplyLimit write(Connection connection, long bytes) {
    int generation = connection.generation();
    ReplyLimit limit = connection.write(bytes, generation);
    if (limit == null) {
      untaken.computeIfAbsent(connection, _ -> new ArrayDeque<>()).add(generation);
    }
    return limit;
  }

  /** Takes the oldest reply of this size. */
  private void taken(Connection connection, long bytes) {
    connection.taken(bytes, Objects.requireNonNull(untaken.get(connection)).remove());
  }

  private void sweepAfter(Duration time) {
    clock.addAndGet(time.toNanos());
    connections.sweep();
  }
}
