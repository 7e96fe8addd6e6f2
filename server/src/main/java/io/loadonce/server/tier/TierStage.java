package io.loadonce.server.tier;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.Delay;
import io.loadonce.server.load.Finish;
import io.loadonce.server.load.FirstStage;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Stage;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.Waiter;
import io.loadonce.server.lookup.EncodedRow;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The stage between the lock and the queue for one lookup: each flight looks into Redis first. It
 * is completed from there, or loaded with a lease, or parked while another instance loads it.
 *
 * <p>Guarantees. While Redis is reached, of all instances that want an id one loads it. A flight is
 * passed on to the queue at once while Redis is not reached, and as soon as the {@link Exchange}
 * gives up if Redis does not answer. A row from Redis keeps its age. What was read before an
 * invalidation is not put into Redis after it. Non-guarantee: one query of an id for ever; an
 * instance that takes longer than its lease, or than half of the time that a caller has, is not
 * waited for.
 *
 * <p>Never blocks; safe for use by many threads.
 */
final class TierStage implements FirstStage<Key, EncodedRow>, Stage<Key, EncodedRow> {

  /*
   * Why an invalidation that comes during a look leaves nothing behind. F is a flight of this
   * instance, I an invalidation on this or another instance.
   *
   *   1  F  begins, and looks: Redis has version 1
   *   2  I  removes version 1 from Redis, and fences the flights of each instance that hears it
   *   3  F  gets version 1: it was in the table at 2, so it answers those who wait, and fills nothing
   *
   * Why an id is owed before its flight is fenced. G begins after the fence.
   *
   *   1  I  fences the flight of the id on this instance; Redis still has version 1
   *   2  G  begins, looks, finds version 1 and fills it into the cache
   *   3  I  removes version 1 from Redis: the cache keeps it
   *
   * So the id is in `owed` before 1. At 2 the look of G finds it there, and removes version 1 over
   * the same connection before it looks.
   *
   * Why a landing needs the nonce of its lease.
   *
   *   1  F  takes the lease, and reads version 1 from the database
   *   2  I  removes the lease; H of another instance takes the next one, and reads version 2
   *   3  F  lands: without the nonce, version 1 would stand in for version 2
   *
   * Why an id that was loaded without a lease is owed. This instance has shown version 2 to callers,
   * and Redis may hold version 1. When the cache evicts version 2, version 1 must not come back. And
   * the lease of a look whose answer was lost must not keep other instances waiting.
   */

  /** A parked flight looks again after this time, should no wake arrive. */
  static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  /** A flight that waits for another instance. */
  private record Waiting(Flight<Key, Outcome<EncodedRow>> flight, long lookAgainNanos) {}

  private final Space space;
  private final Fleet fleet;
  private final Supplier<CacheSettings> times;
  private final Exchange exchange;
  private final Removals removals;
  private final Leases leases;
  private final Watch watch;
  private final LongSupplier nanoClock;
  private final Parked<Waiting> parked = new Parked<>();
  private final TierCounts counts = new TierCounts();

  private @Nullable Stage<Key, EncodedRow> queue;
  private @Nullable Finish<Key, EncodedRow> ending;
  private @Nullable Function<Flight<Key, Outcome<EncodedRow>>, Freshness> needed;

  /**
   * @param times how long the entries of the lookup are fresh at present
   */
  TierStage(
      Space space,
      Fleet fleet,
      Supplier<CacheSettings> times,
      Exchange exchange,
      LongSupplier nanoClock) {
    this.space = space;
    this.fleet = fleet;
    this.times = times;
    this.exchange = exchange;
    this.removals = new Removals(space, fleet, exchange);
    this.leases = new Leases(space, fleet, times, exchange, removals, counts, nanoClock);
    this.watch = new Watch(space, fleet, removals, removals::owed, exchange, nanoClock);
    this.nanoClock = nanoClock;
  }

  @Override
  public Stage<Key, EncodedRow> before(
      Stage<Key, EncodedRow> queue,
      Finish<Key, EncodedRow> ending,
      Function<Flight<Key, Outcome<EncodedRow>>, Freshness> needed) {
    this.queue = queue;
    this.ending = ending;
    this.needed = needed;
    return this;
  }

  Space space() {
    return space;
  }

  Removals removals() {
    return removals;
  }

  Watch watch() {
    return watch;
  }

  TierCounts counts() {
    return counts;
  }

  int parked() {
    return parked.size();
  }

  @Override
  public void add(Collection<Flight<Key, Outcome<EncodedRow>>> flights) {
    if (!isUsable()) {
      counts.notReached.add(flights.size());
      queue().add(flights);
      return;
    }
    flights.forEach(flight -> look(flight, /* takesOver= */ false));
  }

  private boolean isUsable() {
    return exchange.isUp() && watch.isTrusted();
  }

  private void passOn(Flight<Key, Outcome<EncodedRow>> flight) {
    counts.notReached.increment();
    queue().add(List.of(flight));
  }

  private void look(Flight<Key, Outcome<EncodedRow>> flight, boolean takesOver) {
    counts.looks.increment();
    String id = Space.text(flight.id());
    String nonce = Token.next();
    int wakesBefore = parked.wakes(id);
    long beforeNanos = nanoClock.getAsLong();
    exchange.offer(
        new Command(
            to -> sendLook(to, flight, id, nonce, takesOver),
            reply -> looked(flight, id, nonce, wakesBefore, beforeNanos, (List<?>) reply),
            () -> passOn(flight),
            /* bytes= */ 0));
  }

  private int sendLook(
      RedisConnection to,
      Flight<Key, Outcome<EncodedRow>> flight,
      String id,
      String nonce,
      boolean takesOver) {
    String epochKey = to.epochKey(space);
    int removed = removals.sendIfOwed(to, flight.id());
    Freshness need = Objects.requireNonNull(needed).apply(flight);
    long maxAgeMillis =
        Math.min(
            TimeUnit.NANOSECONDS.toMillis(need.maxAgeNanos()), times.get().timeToLive().toMillis());
    to.run(
        Script.LOOK,
        List.of(epochKey, epochKey + ":" + id),
        RedisConnection.bytes(Token.random()),
        RedisConnection.bytes(fleet.instance()),
        RedisConnection.bytes(nonce),
        RedisConnection.bytes(Long.toString(fleet.lease().toMillis())),
        RedisConnection.bytes(TierValue.versionText(need.minVersion())),
        RedisConnection.bytes(Long.toString(maxAgeMillis)),
        RedisConnection.bytes(need.needsVersion() ? "1" : "0"),
        RedisConnection.bytes(takesOver ? "1" : "0"),
        RedisConnection.bytes(fleet.alivePrefix()));
    return removed + 1;
  }

  private void looked(
      Flight<Key, Outcome<EncodedRow>> flight,
      String id,
      String nonce,
      int wakesBefore,
      long beforeNanos,
      List<?> reply) {
    switch (((byte[]) reply.getFirst())[0]) {
      case 'V' -> found(flight, id, beforeNanos, (Long) reply.get(1), (byte[]) reply.get(2));
      case 'L' -> {
        counts.leases.increment();
        leases.took(flight, nonce);
        queue().add(List.of(flight));
      }
      case 'X' -> {
        counts.tooLarge.increment();
        leases.isNotNeeded(flight);
        queue().add(List.of(flight));
      }
      default -> {
        counts.waits.increment();
        parked.park(id, waiting(flight), wakesBefore).forEach(this::lookAgain);
      }
    }
  }

  /** The age of a row is seen from the moment before the look, so that it is never too low. */
  private void found(
      Flight<Key, Outcome<EncodedRow>> flight,
      String id,
      long beforeNanos,
      long leftMillis,
      byte[] bytes) {
    TierValue value = TierValue.decode(id, bytes);
    if (value == null) {
      counts.unreadable.increment();
      passOn(flight);
      return;
    }
    if (!watch.isTrusted()) {
      passOn(flight); // this instance was suspended, and a change of the row may have been missed
      return;
    }
    counts.hits.increment();
    long ageMillis = Math.max(0, value.wholeMillis() - leftMillis);
    long readNanos = beforeNanos - TimeUnit.MILLISECONDS.toNanos(ageMillis);
    long ageNanos = Math.max(0, nanoClock.getAsLong() - readNanos);
    Outcome<EncodedRow> outcome =
        value.row() == null
            ? new Outcome.Missing<>(Outcome.Origin.SHARED, ageNanos)
            : new Outcome.Found<>(value.row(), value.version(), Outcome.Origin.SHARED, ageNanos);
    ending().complete(flight, outcome, readNanos);
  }

  @Override
  public void ended(
      Flight<Key, Outcome<EncodedRow>> flight, Outcome<EncodedRow> outcome, long readNanos) {
    boolean hadLease = leases.ended(flight, outcome, readNanos);
    if (!hadLease) {
      removals.forget(List.of(flight.id()));
    }
  }

  /** The load of an id by another instance has ended. */
  void woken(String id, Message.Failure failure, String said) {
    for (Waiting waiting : parked.wake(id)) {
      SourceException reason =
          switch (failure) {
            case NONE -> null;
            case UNAVAILABLE -> new SourceException.Unavailable(said, /* cause= */ null);
            case QUERY_FAILED -> new SourceException.QueryFailed(said, /* cause= */ null);
            case INVALID_ROW -> new SourceException.InvalidRow(said);
          };
      if (reason == null) {
        lookAgain(waiting);
      } else {
        ending().complete(waiting.flight(), new Outcome.Failed<>(reason), nanoClock.getAsLong());
      }
    }
  }

  private Waiting waiting(Flight<Key, Outcome<EncodedRow>> flight) {
    long nowNanos = nanoClock.getAsLong();
    long untilLateNanos = lateNanos(flight) - nowNanos;
    long pauseNanos =
        untilLateNanos > 0 ? Math.min(untilLateNanos, LOOK_AGAIN.toNanos()) : LOOK_AGAIN.toNanos();
    return new Waiting(flight, nowNanos + pauseNanos);
  }

  /** When half of the time has passed that the caller has who began the flight. */
  private long lateNanos(Flight<Key, Outcome<EncodedRow>> flight) {
    Waiter<Key, Outcome<EncodedRow>> leader = flight.leader();
    long beganNanos = flight.beganNanos();
    return leader == null
        ? beganNanos + fleet.lease().toNanos()
        : beganNanos + (leader.deadlineNanos() - beganNanos) / 2;
  }

  /** A flight that has waited for too long takes the lease of the other instance. */
  private void lookAgain(Waiting waiting) {
    Flight<Key, Outcome<EncodedRow>> flight = waiting.flight();
    if (flight.isOver()) {
      return;
    }
    if (isUsable()) {
      look(flight, /* takesOver= */ nanoClock.getAsLong() - lateNanos(flight) >= 0);
    } else {
      passOn(flight);
    }
  }

  @Override
  public void failOverdue(Collection<Flight<Key, Outcome<EncodedRow>>> overdue) {
    queue().failOverdue(overdue);
  }

  @Override
  public void dropOver() {
    queue().dropOver();
    leases.releaseOver();
    long nowNanos = nanoClock.getAsLong();
    boolean isUsable = isUsable();
    for (Map.Entry<String, List<Waiting>> each : parked.all()) {
      if (!isUsable || each.getValue().stream().anyMatch(waiting -> isDue(waiting, nowNanos))) {
        parked.take(each.getKey()).forEach(this::lookAgain);
      }
    }
    watch.sweep();
  }

  private static boolean isDue(Waiting waiting, long nowNanos) {
    return waiting.flight().isOver() || nowNanos - waiting.lookAgainNanos() >= 0;
  }

  @Override
  public Delay delay(int alsoAhead) {
    return queue().delay(alsoAhead);
  }

  @Override
  public void called(long timeNanos) {
    queue().called(timeNanos);
  }

  /** While the database cannot be reached, Redis may still have the row. */
  @Override
  public SourceException.@Nullable Unavailable outage() {
    return isUsable() ? null : queue().outage();
  }

  @Override
  public boolean hasRoomForRefreshes() {
    return queue().hasRoomForRefreshes();
  }

  private Stage<Key, EncodedRow> queue() {
    return Objects.requireNonNull(queue);
  }

  private Finish<Key, EncodedRow> ending() {
    return Objects.requireNonNull(ending);
  }
}
