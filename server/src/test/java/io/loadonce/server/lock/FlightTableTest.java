package io.loadonce.server.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.loadonce.server.lock.JoinResult.Began;
import io.loadonce.server.lock.JoinResult.Cap;
import io.loadonce.server.lock.JoinResult.Hit;
import io.loadonce.server.lock.JoinResult.Joined;
import io.loadonce.server.lock.JoinResult.Rejected;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the lock promises when its methods are called one after the other. */
class FlightTableTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** Three waiters an id, four in total, a load of 5 s, abandoned after 30 ms. */
  private final FlightTable<String, String> lock =
      new FlightTable<>(new LockSettings(4, 3, 4, Duration.ofSeconds(5), Duration.ofMillis(30)));

  private final List<String> answers = new ArrayList<>();
  private final List<String> published = new ArrayList<>();

  @Test
  void join_noFlight_begins() {
    assertThat(join("a")).isInstanceOf(Began.class);
    assertThat(lock.flights()).isOne();
    assertThat(lock.waiters()).isOne();
  }

  @Test
  void join_flightUnderWay_joinsWithoutSecondLook() {
    join("a");
    Waiter<String, String> second = waiter("a", SECOND);
    assertThat(lock.<String>join(second, _ -> failedLook(), 0)).isInstanceOf(Joined.class);
    assertThat(lock.flights()).isOne();
  }

  @Test
  void join_secondLookFinds_isNotLetIn() {
    JoinResult<String, String, String> entrance =
        lock.join(waiter("a", SECOND), id -> id + " in memory", 0);
    assertThat(entrance).isEqualTo(new Hit<>("a in memory"));
    assertThatLockIsEmpty();
  }

  @Test
  void join_secondLookThrows_leavesNothingBehind() {
    assertThatIllegalStateException()
        .isThrownBy(() -> lock.<String>join(waiter("a", SECOND), _ -> failedLook(), 0));
    assertThatLockIsEmpty();
  }

  @Test
  void join_capsReached_isFull() {
    join("a");
    join("a");
    join("a");
    assertThat(join("a")).isEqualTo(new Rejected<>(Cap.WAITERS_PER_ID));
    join("b");
    assertThat(join("b")).isEqualTo(new Rejected<>(Cap.WAITERS));
    assertThat(lock.waiters()).isEqualTo(4);
  }

  @Test
  void complete_underWay_publishesAndFreesAll() {
    Flight<String, String> flight = begin("a");
    join("a");
    assertThat(complete(flight)).isEqualTo(2);
    assertThat(published).containsExactly("a");
    assertThat(flight.isOver()).isTrue();
    assertThatLockIsEmpty();
  }

  @Test
  void complete_twice_publishesOnce() {
    Flight<String, String> flight = begin("a");
    complete(flight);
    assertThat(complete(flight)).isZero();
    assertThat(published).containsExactly("a");
    assertThatLockIsEmpty();
  }

  @Test
  void complete_publicationThrows_flightCanBeCompletedAgain() {
    Flight<String, String> flight = begin("a");
    assertThatIllegalStateException().isThrownBy(() -> lock.complete(flight, this::failedLook));
    assertThat(complete(flight)).isOne();
    assertThatLockIsEmpty();
  }

  @Test
  void complete_leaderIsTold_whoLed() {
    Waiter<String, String> leader = waiter("a", SECOND);
    Waiter<String, String> follower = waiter("a", SECOND);
    Flight<String, String> flight = begin(leader);
    lock.join(follower, _ -> null, 0);
    assertThat(lock.complete(flight, () -> {})).containsExactly(leader, follower);
    assertThat(leader.led()).isTrue();
    assertThat(follower.led()).isFalse();
  }

  @Test
  void fence_underWay_answersButPublishesNothing() {
    Flight<String, String> flight = begin("a");
    assertThat(lock.fence("a", () -> {})).isTrue();
    assertThat(complete(flight)).isOne();
    assertThat(published).isEmpty();
    assertThatLockIsEmpty();
  }

  @Test
  void fence_underWay_nextCallerBeginsAnother() {
    Flight<String, String> old = begin("a");
    lock.fence("a", () -> {});
    Flight<String, String> young = begin("a");
    assertThat(lock.flights()).isEqualTo(2);
    complete(old);
    assertThat(join("a")).isInstanceOf(Joined.class);
    assertThat(complete(young)).isEqualTo(2);
    assertThat(published).containsExactly("a");
    assertThatLockIsEmpty();
  }

  @Test
  void fence_noFlight_onlyForgets() {
    List<String> forgotten = new ArrayList<>();
    assertThat(lock.fence("a", () -> forgotten.add("a"))).isFalse();
    assertThat(forgotten).containsExactly("a");
  }

  @Test
  void withdraw_waiting_leavesNoWaiter() {
    Waiter<String, String> leader = waiter("a", SECOND);
    Flight<String, String> flight = begin(leader);
    join("a");
    assertThat(lock.withdraw(leader, 0)).isTrue();
    assertThat(lock.withdraw(leader, 0)).isFalse();
    assertThat(lock.waiters()).isOne();
    assertThat(complete(flight)).isOne();
    assertThatLockIsEmpty();
  }

  @Test
  void withdraw_afterCompletion_isTooLate() {
    Waiter<String, String> leader = waiter("a", SECOND);
    complete(begin(leader));
    assertThat(lock.withdraw(leader, 0)).isFalse();
    assertThatLockIsEmpty();
  }

  @Test
  void withdraw_fromFencedFlight_leavesTheYoungFlightAlone() {
    Waiter<String, String> old = waiter("a", SECOND);
    begin(old);
    lock.fence("a", () -> {});
    Flight<String, String> young = begin("a");
    assertThat(lock.withdraw(old, 0)).isTrue();
    assertThat(complete(young)).isOne();
  }

  @Test
  void sweep_deadlinePasses_takesOutThatWaiterOnly() {
    Waiter<String, String> hasty = waiter("a", SECOND);
    Waiter<String, String> patient = waiter("a", 2 * SECOND);
    begin(patient);
    lock.join(hasty, _ -> null, 0);
    assertThat(lock.sweep(SECOND - 1, /* mayGoOn= */ true).late()).isEmpty();
    assertThat(lock.sweep(SECOND, /* mayGoOn= */ true).late()).containsExactly(hasty);
    assertThat(lock.sweep(2 * SECOND, /* mayGoOn= */ true).late()).containsExactly(patient);
    assertThat(lock.waiters()).isZero();
  }

  @Test
  void sweep_loadTimeoutPasses_strandsAllAndFreesTheId() {
    Flight<String, String> flight = begin(waiter("a", 60 * SECOND));
    lock.fence("a", () -> {});
    begin(waiter("a", 60 * SECOND));
    assertThat(lock.sweep(5 * SECOND - 1, /* mayGoOn= */ true).stranded()).isEmpty();
    assertThat(lock.sweep(5 * SECOND, /* mayGoOn= */ true).stranded()).hasSize(2);
    assertThat(flight.isOver()).isTrue();
    assertThat(complete(flight)).isZero();
    assertThat(published).isEmpty();
    assertThatLockIsEmpty();
  }

  @Test
  void sweep_nobodyWaits_endsTheFlightAfterAMoment() {
    Waiter<String, String> only = waiter("a", SECOND);
    Flight<String, String> flight = begin(only);
    lock.withdraw(only, 100);
    lock.sweep(100 + Duration.ofMillis(30).toNanos() - 1, /* mayGoOn= */ true);
    assertThat(flight.isOver()).isFalse();
    lock.sweep(100 + Duration.ofMillis(30).toNanos(), /* mayGoOn= */ true);
    assertThat(flight.isOver()).isTrue();
    assertThatLockIsEmpty();
  }

  @Test
  void sweep_someoneCameBackInTime_flightGoesOn() {
    Waiter<String, String> only = waiter("a", SECOND);
    Flight<String, String> flight = begin(only);
    lock.withdraw(only, 100);
    assertThat(join("a")).isInstanceOf(Joined.class);
    lock.sweep(SECOND - 1, /* mayGoOn= */ true);
    assertThat(complete(flight)).isOne();
    assertThat(published).containsExactly("a");
  }

  private void assertThatLockIsEmpty() {
    assertThat(lock.flights()).as("flights").isZero();
    assertThat(lock.waiters()).as("waiters").isZero();
  }

  private Waiter<String, String> waiter(String id, long deadlineNanos) {
    return new Waiter<>(id, deadlineNanos, answers::add);
  }

  private JoinResult<String, String, String> join(String id) {
    return lock.join(waiter(id, SECOND), _ -> null, 0);
  }

  private Flight<String, String> begin(String id) {
    return begin(waiter(id, SECOND));
  }

  private Flight<String, String> begin(Waiter<String, String> waiter) {
    JoinResult<String, String, String> entrance = lock.join(waiter, _ -> null, 0);
    assertThat(entrance).isInstanceOf(Began.class);
    return ((Began<String, String, String>) entrance).flight();
  }

  private int complete(Flight<String, String> flight) {
    return lock.complete(flight, () -> published.add(flight.id())).size();
  }

  private @Nullable String failedLook() {
    throw new IllegalStateException("planted");
  }
}
