package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.lock.Flight;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A store between the instances, in which each look waits until the test answers it. */
final class StallingStore implements FirstStage<String, String>, Stage<String, String> {
  private final LongSupplier nanoClock;
  private final BlockingQueue<Look> looks = new LinkedBlockingQueue<>();
  private final List<Outcome<String>> told = new CopyOnWriteArrayList<>();
  private final List<Duration> callerTimes = new CopyOnWriteArrayList<>();
  private volatile boolean isReached = true;

  private @Nullable Stage<String, String> queue;
  private @Nullable Finish<String, String> ending;
  private @Nullable Function<Flight<String, Outcome<String>>, Freshness> needed;

  StallingStore(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** The next look; waits for it. */
  Look next() throws InterruptedException {
    Look next = looks.poll(WaitingCaller.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    assertThat(next).as("a look into the store").isNotNull();
    return next;
  }

  /** How many looks wait for their answer. */
  int waitingLooks() {
    return looks.size();
  }

  /** The outcomes of the loads that it passed on. */
  List<Outcome<String>> told() {
    return List.copyOf(told);
  }

  /** The times of the callers that began loads. */
  List<Duration> callerTimes() {
    return List.copyOf(callerTimes);
  }

  void disconnect() {
    isReached = false;
  }

  @Override
  public Stage<String, String> before(
      Stage<String, String> queue,
      Finish<String, String> ending,
      Function<Flight<String, Outcome<String>>, Freshness> needed) {
    this.queue = queue;
    this.ending = ending;
    this.needed = needed;
    return this;
  }

  @Override
  public void ended(
      Flight<String, Outcome<String>> flight, Outcome<String> outcome, long readNanos) {
    told.add(outcome);
  }

  @Override
  public void add(Collection<Flight<String, Outcome<String>>> flights) {
    flights.forEach(flight -> looks.add(new Look(flight)));
  }

  @Override
  public void failOverdue(Collection<Flight<String, Outcome<String>>> overdue) {
    queue().failOverdue(overdue);
  }

  @Override
  public void dropOver() {
    queue().dropOver();
  }

  @Override
  public Delay delay(int alsoAhead) {
    return queue().delay(alsoAhead);
  }

  @Override
  public void called(long timeNanos) {
    callerTimes.add(Duration.ofNanos(timeNanos));
    queue().called(timeNanos);
  }

  @Override
  public SourceException.@Nullable Unavailable outage() {
    return isReached ? null : queue().outage();
  }

  @Override
  public boolean hasRoomForRefreshes() {
    return queue().hasRoomForRefreshes();
  }

  private Stage<String, String> queue() {
    return Objects.requireNonNull(queue);
  }

  /** A flight that looks into the store. */
  final class Look {
    private final Flight<String, Outcome<String>> flight;

    private Look(Flight<String, Outcome<String>> flight) {
      this.flight = flight;
    }

    /** How fresh a row must be. */
    Freshness needed() {
      return Objects.requireNonNull(needed).apply(flight);
    }

    /** The store has a row of this version and age; if it is not fresh enough, the id is loaded. */
    void find(long version, Duration age) {
      Freshness need = needed();
      if (version >= need.minVersion() && age.toNanos() <= need.maxAgeNanos()) {
        end(new Found<>(flight.id(), version, Origin.SHARED, age.toNanos()), age);
      } else {
        passOn();
      }
    }

    /** The store knows that there is no row. */
    void findMissing(Duration age) {
      end(new Missing<>(Origin.SHARED, age.toNanos()), age);
    }

    /** The store has nothing, so the id is loaded. */
    void passOn() {
      queue().add(List.of(flight));
    }

    private void end(Outcome<String> outcome, Duration age) {
      Objects.requireNonNull(ending)
          .complete(flight, outcome, nanoClock.getAsLong() - age.toNanos());
    }
  }
}
