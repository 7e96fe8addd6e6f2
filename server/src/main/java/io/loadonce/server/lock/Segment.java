package io.loadonce.server.lock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.server.lock.JoinResult.Began;
import io.loadonce.server.lock.JoinResult.Hit;
import io.loadonce.server.lock.JoinResult.IdIsFull;
import io.loadonce.server.lock.JoinResult.Joined;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A mutex and the flights that it guards. {@link FlightTable} has the contract. */
final class Segment<K, O> {
  private final LockSettings settings;
  private final Object mutex = new Object();

  /** The flight whose outcome may be published, for each id that has one. None of them is over. */
  @GuardedBy("mutex")
  private final Map<K, Flight<K, O>> flights = new HashMap<>();

  /** The fenced flights: they answer their waiters and publish nothing. None is over. */
  @GuardedBy("mutex")
  private final Set<Flight<K, O>> fenced = new HashSet<>();

  Segment(LockSettings settings) {
    this.settings = settings;
  }

  JoinResult<K, O> join(
      Waiter<K, O> waiter, Function<? super K, ? extends @Nullable O> secondLook, long nowNanos) {
    synchronized (mutex) {
      Flight<K, O> underWay = flights.get(waiter.id());
      if (underWay != null) {
        if (underWay.waiters() >= settings.maxWaitersPerId()) {
          return new IdIsFull<>();
        }
        underWay.add(waiter);
        waiter.enter(underWay, /* led= */ false);
        return new Joined<>(underWay);
      }
      O found = secondLook.apply(waiter.id());
      if (found != null) {
        return new Hit<>(found);
      }
      Flight<K, O> flight = new Flight<>(waiter.id(), nowNanos, waiter);
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
      Flight<K, O> flight = new Flight<>(id, nowNanos, /* leader= */ null);
      flights.put(id, flight);
      return flight;
    }
  }

  Completion<K, O> complete(Flight<K, O> flight, O own, Publication<O> publication) {
    synchronized (mutex) {
      if (flight.isOver()) {
        return new Completion<>(own, List.of(), /* waited= */ 0);
      }
      O outcome = flight.newest(own, publication);
      Flight<K, O> registered = flights.get(flight.id());
      if (registered == flight) {
        publication.publish(outcome);
        flights.remove(flight.id(), flight);
      } else {
        if (publication.raise(outcome) && registered != null) {
          registered.overtake(outcome, publication);
        }
        fenced.remove(flight);
      }
      return new Completion<>(outcome, flight.end(), flight.waited());
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
        flight.fence();
        fenced.add(flight);
      }
      forget.run();
      return flight != null;
    }
  }

  int fenceAll() {
    synchronized (mutex) {
      int underWay = flights.size();
      flights.values().forEach(Flight::fence);
      fenced.addAll(flights.values());
      flights.clear();
      return underWay;
    }
  }

  void sweep(long nowNanos, boolean mayContinueAlone, SweepResult<K, O> swept) {
    synchronized (mutex) {
      sweep(flights.values(), nowNanos, mayContinueAlone, swept);
      sweep(fenced, nowNanos, /* mayContinueAlone= */ false, swept);
    }
  }

  private void sweep(
      Collection<Flight<K, O>> some,
      long nowNanos,
      boolean mayContinueAlone,
      SweepResult<K, O> swept) {
    for (Iterator<Flight<K, O>> all = some.iterator(); all.hasNext(); ) {
      Flight<K, O> flight = all.next();
      flight.removeDue(nowNanos, mayContinueAlone, swept);
      if (flight.ageNanos(nowNanos) >= settings.loadTimeout().toNanos()) {
        swept.overdue().add(flight);
      }
      if (flight.isAbandoned(nowNanos, settings.abandonAfter().toNanos())) {
        all.remove();
        flight.end();
        swept.abandoned().add(flight);
      }
    }
  }

  @Nullable FlightState state(K id, long nowNanos) {
    synchronized (mutex) {
      Flight<K, O> flight = flights.get(id);
      return flight == null ? null : new FlightState(flight.ageNanos(nowNanos), flight.waiters());
    }
  }

  int flights() {
    synchronized (mutex) {
      return flights.size() + fenced.size();
    }
  }
}
