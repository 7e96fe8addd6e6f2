package io.loadonce.server.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.loadonce.server.lock.JoinResult.AllIsFull;
import io.loadonce.server.lock.JoinResult.Began;
import io.loadonce.server.lock.JoinResult.Hit;
import io.loadonce.server.lock.JoinResult.IdIsFull;
import io.loadonce.server.lock.JoinResult.Joined;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the lock promises when its methods are called one after the other. */
class FlightTableTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** Three waiters an id, four in total, a load of 5 s, abandoned after 30 ms. */
  private final WaiterBudget waiters = new WaiterBudget(4);

  private final FlightTable<String, String> table =
      new FlightTable<>(
          new LockSettings(4, 3, 4, Duration.ofSeconds(5), Duration.ofMillis(30)), waiters);

  private final List<String> published = new ArrayList<>();

  @Test
  void join_noFlight_begins() {
    assertThat(join("a")).isInstanceOf(Began.class);
    assertThat(table.flights()).isOne();
    assertThat(waiters.waiters()).isOne();
  }

  @Test
  void join_flightUnderWay_joinsWithoutSecondLook() {
    join("a");
    Waiter<String, String> second = waiter("a", SECOND);
    assertThat(table.join(second, _ -> failedLook(), 0)).isInstanceOf(Joined.class);
    assertThat(table.flights()).isOne();
  }

  @Test
  void join_secondLookFindsAnEntry_isHitWithoutWaiter() {
    JoinResult<String, String> entrance =
        table.join(waiter("a", SECOND), id -> id + " in memory", 0);
    assertThat(entrance).isEqualTo(new Hit<>("a in memory"));
    assertThatLockIsEmpty();
  }

  @Test
  void join_secondLookThrows_leavesNoFlightAndNoWaiter() {
    assertThatIllegalStateException()
        .isThrownBy(() -> table.join(waiter("a", SECOND), _ -> failedLook(), 0));
    assertThatLockIsEmpty();
  }

  @Test
  void join_capsReached_isFull() {
    join("a");
    join("a");
    join("a");
    assertThat(join("a")).isEqualTo(new IdIsFull<>());
    join("b");
    assertThat(join("b")).isEqualTo(new AllIsFull<>());
    assertThat(waiters.waiters()).isEqualTo(4);
  }

  @Test
  void complete_flightUnderWay_publishesAndReturnsAllWaiters() {
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
    assertThatIllegalStateException()
        .isThrownBy(() -> table.complete(flight, "row", new Recorded(_ -> failedLook())));
    assertThat(complete(flight)).isOne();
    assertThatLockIsEmpty();
  }

  @Test
  void complete_twoWaiters_onlyTheFirstHasLed() {
    Waiter<String, String> leader = waiter("a", SECOND);
    Waiter<String, String> follower = waiter("a", SECOND);
    Flight<String, String> flight = begin(leader);
    table.join(follower, _ -> null, 0);
    assertThat(table.complete(flight, "row", new Recorded(_ -> {})).waiters())
        .containsExactly(leader, follower);
    assertThat(leader.led()).isTrue();
    assertThat(follower.led()).isFalse();
  }

  @Test
  void fence_flightUnderWay_answersItsWaitersAndPublishesNothing() {
    Flight<String, String> flight = begin("a");
    assertThat(table.fence("a", () -> {})).isTrue();
    assertThat(complete(flight)).isOne();
    assertThat(published).isEmpty();
    assertThatLockIsEmpty();
  }

  @Test
  void fence_flightUnderWay_nextCallerBeginsAnother() {
    Flight<String, String> old = begin("a");
    table.fence("a", () -> {});
    Flight<String, String> young = begin("a");
    assertThat(table.flights()).isEqualTo(2);
    complete(old);
    assertThat(join("a")).isInstanceOf(Joined.class);
    assertThat(complete(young)).isEqualTo(2);
    assertThat(published).containsExactly("a");
    assertThatLockIsEmpty();
  }

  @Test
  void fence_noFlight_onlyRemovesTheEntry() {
    List<String> forgotten = new ArrayList<>();
    assertThat(table.fence("a", () -> forgotten.add("a"))).isFalse();
    assertThat(forgotten).containsExactly("a");
  }

  @Test
  void withdraw_waiting_leavesNoWaiter() {
    Waiter<String, String> leader = waiter("a", SECOND);
    Flight<String, String> flight = begin(leader);
    join("a");
    assertThat(table.withdraw(leader, 0)).isTrue();
    assertThat(table.withdraw(leader, 0)).isFalse();
    assertThat(waiters.waiters()).isOne();
    assertThat(complete(flight)).isOne();
    assertThatLockIsEmpty();
  }

  @Test
  void withdraw_afterCompletion_isTooLate() {
    Waiter<String, String> leader = waiter("a", SECOND);
    complete(begin(leader));
    assertThat(table.withdraw(leader, 0)).isFalse();
    assertThatLockIsEmpty();
  }

  @Test
  void withdraw_fromFencedFlight_doesNotChangeTheNewerFlight() {
    Waiter<String, String> old = waiter("a", SECOND);
    begin(old);
    table.fence("a", () -> {});
    Flight<String, String> young = begin("a");
    assertThat(table.withdraw(old, 0)).isTrue();
    assertThat(complete(young)).isOne();
  }

  @Test
  void sweep_deadlinePasses_removesThatWaiterOnly() {
    Waiter<String, String> hasty = waiter("a", SECOND);
    Waiter<String, String> slow = waiter("a", 2 * SECOND);
    begin(slow);
    table.join(hasty, _ -> null, 0);
    assertThat(departed(SECOND - 1)).isEmpty();
    assertThat(departed(SECOND)).containsExactly(hasty);
    assertThat(departed(2 * SECOND)).containsExactly(slow);
    assertThat(waiters.waiters()).isZero();
  }

  @Test
  void sweep_softDeadlinePasses_waiterLeavesOnlyWithAnOutcome() {
    Waiter<String, String> content = waiter("a", 2 * SECOND, SECOND, "stale");
    Waiter<String, String> demanding = waiter("a", 2 * SECOND, SECOND, null);
    Flight<String, String> flight = begin(content);
    table.join(demanding, _ -> null, 0);
    assertThat(table.sweep(SECOND, /* mayContinueAlone= */ true).departed())
        .containsExactly(new SweepResult.Departed<>(content, "stale"));
    assertThat(table.sweep(2 * SECOND, /* mayContinueAlone= */ true).departed())
        .containsExactly(new SweepResult.Departed<>(demanding, "late"));
    table.sweep(3 * SECOND, /* mayContinueAlone= */ true);
    assertThat(flight.isOver()).as("refreshes without a waiter").isFalse();
    table.fence("a", () -> {});
    table.sweep(3 * SECOND, /* mayContinueAlone= */ true);
    assertThat(flight.isOver()).as("is of no use once fenced").isTrue();
  }

  @Test
  void sweep_loadTimeoutPasses_findsTheOverdueFlights() {
    Flight<String, String> old = begin(waiter("a", 60 * SECOND));
    table.fence("a", () -> {});
    Flight<String, String> young = begin(waiter("a", 60 * SECOND));
    assertThat(overdue(5 * SECOND - 1)).isEmpty();
    assertThat(overdue(5 * SECOND)).containsExactlyInAnyOrder(old, young);
    assertThat(complete(old)).isOne();
    assertThat(complete(young)).isOne();
    assertThatLockIsEmpty();
  }

  @Test
  void complete_fencedFlightWithARow_raisesTheCacheAndOvertakesTheNewerFlight() {
    Flight<String, String> old = begin("a");
    table.fence("a", () -> {});
    Flight<String, String> young = begin("a");
    List<String> raised = new ArrayList<>();
    table.complete(old, "2", new Recorded(_ -> {}, raised::add));
    assertThat(raised).containsExactly("2");
    assertThat(table.complete(young, "1", new Recorded(published::add)).outcome()).isEqualTo("2");
    assertThat(published).containsExactly("2");
  }

  @Test
  void sweep_noWaiter_endsTheFlightAfterAMoment() {
    Waiter<String, String> only = waiter("a", SECOND);
    Flight<String, String> flight = begin(only);
    table.withdraw(only, 100);
    table.sweep(100 + Duration.ofMillis(30).toNanos() - 1, /* mayContinueAlone= */ true);
    assertThat(flight.isOver()).isFalse();
    table.sweep(100 + Duration.ofMillis(30).toNanos(), /* mayContinueAlone= */ true);
    assertThat(flight.isOver()).isTrue();
    assertThatLockIsEmpty();
  }

  @Test
  void sweep_newWaiterJoinedInTime_flightContinues() {
    Waiter<String, String> only = waiter("a", SECOND);
    Flight<String, String> flight = begin(only);
    table.withdraw(only, 100);
    assertThat(join("a")).isInstanceOf(Joined.class);
    table.sweep(SECOND - 1, /* mayContinueAlone= */ true);
    assertThat(complete(flight)).isOne();
    assertThat(published).containsExactly("a");
  }

  private void assertThatLockIsEmpty() {
    assertThat(table.flights()).as("flights").isZero();
    assertThat(waiters.waiters()).as("waiters").isZero();
  }

  private Waiter<String, String> waiter(String id, long deadlineNanos) {
    return waiter(id, deadlineNanos, deadlineNanos, null);
  }

  private static Waiter<String, String> waiter(
      String id, long deadlineNanos, long softDeadlineNanos, @Nullable String stale) {
    return new Waiter<>(
        id,
        deadlineNanos,
        softDeadlineNanos,
        new Waiter.Handler<>() {
          @Override
          public void handle(String outcome) {
            throw new AssertionError("the table answers nobody by itself: " + outcome);
          }

          @Override
          public @Nullable String earlyOutcome(long nowNanos) {
            return stale;
          }

          @Override
          public String lateOutcome() {
            return "late";
          }
        });
  }

  private List<Waiter<String, String>> departed(long nowNanos) {
    return table.sweep(nowNanos, /* mayContinueAlone= */ true).departed().stream()
        .<Waiter<String, String>>map(SweepResult.Departed::waiter)
        .toList();
  }

  private List<Flight<String, String>> overdue(long nowNanos) {
    return table.sweep(nowNanos, /* mayContinueAlone= */ true).overdue();
  }

  private JoinResult<String, String> join(String id) {
    return table.join(waiter(id, SECOND), _ -> null, 0);
  }

  private Flight<String, String> begin(String id) {
    return begin(waiter(id, SECOND));
  }

  private Flight<String, String> begin(Waiter<String, String> waiter) {
    JoinResult<String, String> result = table.join(waiter, _ -> null, 0);
    assertThat(result).isInstanceOf(Began.class);
    return ((Began<String, String>) result).flight();
  }

  private int complete(Flight<String, String> flight) {
    return table.complete(flight, flight.id(), new Recorded(published::add)).waiters().size();
  }

  private @Nullable String failedLook() {
    throw new IllegalStateException("planted");
  }

  /** Publications as the test sees them; of two texts the greater is the newer. */
  private record Recorded(Consumer<String> published, Consumer<String> raised)
      implements Publication<String> {
    Recorded(Consumer<String> published) {
      this(published, _ -> {});
    }

    @Override
    public void publish(String outcome) {
      published.accept(outcome);
    }

    @Override
    public boolean raise(String outcome) {
      raised.accept(outcome);
      return true;
    }

    @Override
    public String newer(String own, String other) {
      return own.compareTo(other) < 0 ? other : own;
    }
  }
}
