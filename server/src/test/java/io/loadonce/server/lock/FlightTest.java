package io.loadonce.server.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.lock.JoinResult.Began;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One flight: who began it, who waited for it, and how long it lasts. */
class FlightTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long ABANDONED = Duration.ofMillis(30).toNanos();

  /** A clock such as System.nanoTime() may begin below zero. */
  private static final long BEGINNING = -100 * SECOND;

  private final WaiterBudget waiters = new WaiterBudget(10);
  private final FlightTable<Integer, String> table =
      new FlightTable<>(
          new LockSettings(4, 10, 10, Duration.ofSeconds(5), Duration.ofNanos(ABANDONED)), waiters);

  @Test
  void state_flightUnderWay_hasItsAgeAndItsWaiters() {
    assertThat(table.state(1, BEGINNING)).isNull();
    begin(waiter(1));
    table.join(waiter(1), _ -> null, BEGINNING);
    assertThat(table.state(1, BEGINNING + SECOND)).isEqualTo(new FlightState(SECOND, 2));
    assertThat(table.state(2, BEGINNING)).isNull();
    table.fence(1, () -> {});
    assertThat(table.state(1, BEGINNING)).as("the flight that may publish").isNull();
  }

  /** The trace of a load says how many callers it was for. */
  @Test
  void waited_flightHasEnded_countsThoseWhoLeft() {
    Waiter<Integer, String> leader = waiter(1);
    Flight<Integer, String> flight = begin(leader);
    table.join(waiter(1), _ -> null, BEGINNING);
    table.withdraw(leader, BEGINNING);
    assertThat(flight.waited()).as("under way").isZero();
    Completion<Integer, String> completion = table.complete(flight, "row", new NotKept());
    assertThat(completion.waiters()).hasSize(1);
    assertThat(completion.waited()).isEqualTo(2);
    assertThat(table.complete(flight, "row", new NotKept()).waited()).as("ended before").isZero();
    assertThat(flight.waited()).isEqualTo(2);
    assertThat(flight.leader()).isSameAs(leader);
    assertThat(waiters.waiters()).isZero();
  }

  @Test
  void beginRefresh_oneIsUnderWay_isJoinedAndNotBegunTwice() {
    Flight<Integer, String> refresh = beginRefresh();
    assertThat(refresh.leader()).isNull();
    assertThat(table.beginRefresh(1, BEGINNING)).isNull();
    table.join(waiter(1), _ -> null, BEGINNING);
    assertThat(complete(refresh)).isOne();
  }

  @Test
  void fenceAll_refreshUnderWay_isAbandoned() {
    Flight<Integer, String> refresh = beginRefresh();
    sweep(BEGINNING + ABANDONED);
    assertThat(refresh.isOver()).as("a refresh needs no waiter").isFalse();
    assertThat(table.fenceAll(() -> {})).isOne();
    sweep(BEGINNING + ABANDONED);
    assertThat(refresh.isOver()).as("its row would not be kept").isTrue();
    assertThat(table.flights()).isZero();
  }

  @Test
  void sweep_onlyWaiterTimesOut_flightIsAbandoned() {
    Waiter<Integer, String> only = waiter(1);
    Flight<Integer, String> flight = begin(only);
    long deadlineNanos = only.deadlineNanos();
    assertThat(sweep(deadlineNanos - 1)).isEmpty();
    assertThat(sweep(deadlineNanos)).containsExactly(new SweepResult.Departed<>(only, "late"));
    assertThat(flight.isOver()).isFalse();
    assertThat(table.sweep(deadlineNanos + ABANDONED, /* mayContinueAlone= */ true).abandoned())
        .containsExactly(flight);
    assertThat(flight.isOver()).isTrue();
    assertThat(flight.waited()).isOne();
  }

  /** Two ids have one mutex only by chance; hashes that differ in few bits are spread. */
  @ParameterizedTest
  @ValueSource(ints = {1, 1 << 16})
  void join_anotherIdIsBeingLookedUp_doesNotWaitForIt(int id) {
    JoinResult<Integer, String> first =
        table.join(
            waiter(0),
            _ -> {
              CompletableFuture.supplyAsync(() -> table.join(waiter(id), _ -> null, BEGINNING))
                  .orTimeout(5, TimeUnit.SECONDS)
                  .join();
              return "found";
            },
            BEGINNING);
    assertThat(first).isEqualTo(new JoinResult.Hit<>("found"));
    assertThat(table.flights()).isOne();
  }

  private Flight<Integer, String> begin(Waiter<Integer, String> waiter) {
    JoinResult<Integer, String> result = table.join(waiter, _ -> null, BEGINNING);
    assertThat(result).isInstanceOf(Began.class);
    return ((Began<Integer, String>) result).flight();
  }

  private Flight<Integer, String> beginRefresh() {
    return Objects.requireNonNull(table.beginRefresh(1, BEGINNING));
  }

  private List<SweepResult.Departed<Integer, String>> sweep(long nowNanos) {
    return table.sweep(nowNanos, /* mayContinueAlone= */ true).departed();
  }

  private int complete(Flight<Integer, String> flight) {
    return table.complete(flight, "row", new NotKept()).waiters().size();
  }

  private static Waiter<Integer, String> waiter(int id) {
    long deadlineNanos = BEGINNING + SECOND;
    return new Waiter<>(id, deadlineNanos, deadlineNanos, new Answered());
  }

  private static final class NotKept implements Publication<String> {
    @Override
    public void publish(String outcome) {}

    @Override
    public boolean raise(String outcome) {
      return false;
    }

    @Override
    public String newer(String own, String other) {
      return own;
    }
  }

  /** A call that waits until its deadline. */
  private static final class Answered implements Waiter.Handler<String> {
    @Override
    public void handle(String outcome) {}

    @Override
    public @Nullable String earlyOutcome(long nowNanos) {
      throw new AssertionError("it has no soft deadline");
    }

    @Override
    public String lateOutcome() {
      return "late";
    }
  }
}
