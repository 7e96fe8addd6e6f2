package io.loadonce.server.tier;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The flights whose id another instance is loading. A parked flight holds neither a loader nor a
 * connection. Safe for use by many threads; never blocks.
 *
 * @param <F> a parked flight
 */
final class Parked<F> {

  /*
   * Why wakes are counted. P looks an id up and is to wait; L ends the load.
   *
   *   1  P  looks: another instance loads the id
   *   2  L  lands the row and wakes those who are parked: P is not parked yet
   *   3  P  parks, and is not woken any more
   *
   * So P reads the count of wakes before 1 and again after 3. If it has grown, P looks again.
   */

  private static final int COUNTERS = 1 << 10;

  private final Map<String, List<F>> byId = new ConcurrentHashMap<>();
  private final AtomicIntegerArray wakes = new AtomicIntegerArray(COUNTERS);

  /** How often the id has been woken; other ids may share its count. */
  int wakes(String id) {
    return wakes.get(counter(id));
  }

  /**
   * Parks a flight.
   *
   * @param wakesBefore the count of wakes before the look
   * @return the flights of the id that must look again at once; empty if no wake came meanwhile
   */
  List<F> park(String id, F flight, int wakesBefore) {
    byId.merge(id, List.of(flight), Parked::joined);
    return wakes(id) == wakesBefore ? List.of() : take(id);
  }

  /** Takes out the flights of an id, because its load has ended. */
  List<F> wake(String id) {
    wakes.getAndIncrement(counter(id));
    return take(id);
  }

  List<F> take(String id) {
    List<F> flights = byId.remove(id);
    return flights == null ? List.of() : flights;
  }

  /** The ids that flights are parked for; a snapshot. */
  List<Map.Entry<String, List<F>>> all() {
    return byId.isEmpty() ? List.of() : List.copyOf(byId.entrySet());
  }

  int size() {
    return byId.values().stream().mapToInt(List::size).sum();
  }

  private static int counter(String id) {
    int hash = id.hashCode();
    return (hash ^ hash >>> 16) & COUNTERS - 1;
  }

  private static <F> List<F> joined(List<F> some, List<F> more) {
    List<F> all = new ArrayList<>(some);
    all.addAll(more);
    return List.copyOf(all);
  }
}
