package io.loadonce.server.lock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.server.lock.JoinResult.Began;
import io.loadonce.server.lock.JoinResult.Cap;
import io.loadonce.server.lock.JoinResult.Hit;
import io.loadonce.server.lock.JoinResult.Joined;
import io.loadonce.server.lock.JoinResult.Rejected;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A mutex and the flights that it guards. {@link FlightTable} has the contract. */
final class Segment<K, O> {
  private final LockSettings settings;
  private final Object mutex = new Object();

  /** The flight whose outcome may be published, for each id that has one. None of them is over. */
  @GuardedBy("mutex")
  private final Map<K, Flight<K, O>> flights = new HashMap<>();

  /** The invalidated flights: they answer those who wait and publish nothing. None is over. */
  @GuardedBy("mutex")
  private final Set<Flight<K, O>> fenced = new HashSet<>();

  Segment(LockSettings settings) {
    this.settings = settings;
  }

  <E> JoinResult<K, O, E> join(
      Waiter<K, O> waiter, Function<? super K, ? extends @Nullable E> secondLook, long nowNanos) {
    synchronized (mutex) {
      Flight<K, O> underWay = flights.get(waiter.id());
      if (underWay != null) {
        if (underWay.waiters() >= settings.maxWaitersPerId()) {
          return new Rejected<>(Cap.WAITERS_PER_ID);
        }
        underWay.add(waiter);
        waiter.enter(underWay, /* led= */ false);
        return new Joined<>();
      }
      E entry = secondLook.apply(waiter.id());
      if (entry != null) {
        return new Hit<>(entry);
      }
      Flight<K, O> flight = new Flight<>(waiter.id(), nowNanos, /* refreshing= */ false);
      flight.add(waiter);
      waiter.enter(flight, /* led= */ true);
      flights.put(waiter.id(), flight);
      return new Began<>(flight);
    }
  }

  @Nullable Flight<K, O> beginRefresh(K id, long nowNanos) {
    synchronized (mutex) {
      if (flights.containsKey(id)) {
        return null;
      }
      Flight<K, O> flight = new Flight<>(id, nowNanos, /* refreshing= */ true);
      flights.put(id, flight);
      return flight;
    }
  }

  Set<Waiter<K, O>> complete(
      Flight<K, O> flight, Runnable publish, Consumer<@Nullable Flight<K, O>> pass) {
    synchronized (mutex) {
      if (flight.isOver()) {
        return Set.of();
      }
      if (flights.get(flight.id()) == flight) {
        publish.run();
        flights.remove(flight.id(), flight);
      } else {
        pass.accept(flights.get(flight.id()));
        fenced.remove(flight);
      }
      return flight.end();
    }
  }

  boolean withdraw(Waiter<K, O> waiter, long nowNanos) {
    synchronized (mutex) {
      Flight<K, O> flight = waiter.flight();
      return flight != null && flight.remove(waiter, nowNanos);
    }
  }

  boolean fence(K id, Runnable forget) {
    synchronized (mutex) {
      Flight<K, O> flight = flights.remove(id);
      if (flight != null) {
        fenced.add(flight);
      }
      forget.run();
      return flight != null;
    }
  }

  int fenceAll() {
    synchronized (mutex) {
      int underWay = flights.size();
      fenced.addAll(flights.values());
      flights.clear();
      return underWay;
    }
  }

  void sweep(long nowNanos, boolean mayGoOn, SweepResult<K, O> swept) {
    synchronized (mutex) {
      sweep(flights.values(), nowNanos, /* mayRefresh= */ true, mayGoOn, swept);
      // What a fenced flight brings is not kept, so it refreshes nothing.
      sweep(fenced, nowNanos, /* mayRefresh= */ false, /* mayGoOn= */ false, swept);
    }
  }

  private void sweep(
      Collection<Flight<K, O>> some,
      long nowNanos,
      boolean mayRefresh,
      boolean mayGoOn,
      SweepResult<K, O> swept) {
    for (Iterator<Flight<K, O>> all = some.iterator(); all.hasNext(); ) {
      Flight<K, O> flight = all.next();
      flight.removeDue(nowNanos, mayGoOn, swept);
      boolean overdue = flight.ageNanos(nowNanos) >= settings.loadTimeout().toNanos();
      if (overdue) {
        swept.overdue().add(flight);
      }
      boolean goesOn = mayRefresh && flight.isRefreshing();
      if (overdue || (!goesOn && flight.isLeft(nowNanos, settings.abandonAfter().toNanos()))) {
        all.remove();
        swept.stranded().addAll(flight.end());
      }
    }
  }

  int flights() {
    synchronized (mutex) {
      return flights.size() + fenced.size();
    }
  }
}
