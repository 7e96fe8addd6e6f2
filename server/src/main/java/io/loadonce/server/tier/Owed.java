package io.loadonce.server.tier;

import io.loadonce.db.lookup.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The ids of one lookup that must be removed from Redis before this instance reads them there
 * again. An id is owed from the moment before its invalidation until Redis has confirmed the
 * removal.
 *
 * <p>Bounded: over {@link #MAX_IDS}, everything is owed instead. Safe for use by many threads;
 * never blocks.
 */
final class Owed {

  static final int MAX_IDS = 100_000;

  /** Ids to be removed by one script. */
  static final int MAX_PER_PAYMENT = 1_000;

  /**
   * A removal that is to be done.
   *
   * @param ids empty for everything
   * @param message for the other instances; null for none
   */
  record Payment(List<Key> ids, long ticket, @Nullable Message message) {
    Payment {
      ids = List.copyOf(ids);
    }

    boolean isEverything() {
      return ids.isEmpty();
    }
  }

  private final AtomicLong tickets = new AtomicLong();

  /** The last ticket of each id. */
  private final Map<Key, Long> ids = new ConcurrentHashMap<>();

  /** The last ticket of everything; 0 if it is not owed. */
  private final AtomicLong everything = new AtomicLong();

  /** What could not be paid. */
  private final ConcurrentLinkedQueue<Payment> unpaid = new ConcurrentLinkedQueue<>();

  /** Notes the ids; from now on {@link #contains} them. */
  Payment add(Collection<Key> added, @Nullable Message message) {
    long ticket = tickets.incrementAndGet();
    for (Key id : added) {
      ids.put(id, ticket);
    }
    return new Payment(List.copyOf(added), ticket, message);
  }

  /** Notes that everything must be removed. */
  Payment addEverything(@Nullable Message message) {
    long ticket = tickets.incrementAndGet();
    everything.set(ticket);
    return new Payment(List.of(), ticket, message);
  }

  boolean contains(Key id) {
    return ids.containsKey(id);
  }

  boolean containsEverything() {
    return everything.get() != 0;
  }

  /** Whether nothing is owed. */
  boolean isEmpty() {
    return ids.isEmpty() && everything.get() == 0;
  }

  /** How many ids are owed; everything counts as one. */
  int size() {
    return ids.size() + (containsEverything() ? 1 : 0);
  }

  /** What was invalidated again since then is still owed. */
  void paid(Payment payment) {
    if (payment.isEverything()) {
      everything.compareAndSet(payment.ticket(), 0);
      return;
    }
    for (Key id : payment.ids()) {
      ids.remove(id, payment.ticket());
    }
  }

  /**
   * Keeps a payment for later. If too many ids are owed, everything is.
   *
   * @param all says to the other instances that everything was invalidated
   */
  void unpaid(Payment payment, Message all) {
    unpaid.add(payment);
    if (ids.size() > MAX_IDS) {
      // Everything first: a look that does not find an id here must find this.
      Payment instead = addEverything(all);
      unpaid.clear();
      ids.clear();
      unpaid.add(instead);
    }
  }

  /** Takes out some of what could not be paid, oldest first; ids without a message together. */
  List<Payment> takeUnpaid() {
    List<Payment> taken = new ArrayList<>();
    List<Key> quiet = new ArrayList<>();
    int size = 0;
    for (Payment next = unpaid.poll(); next != null; next = unpaid.poll()) {
      if (next.message() == null && !next.isEverything() && isLast(next)) {
        quiet.addAll(next.ids());
      } else {
        taken.add(next);
      }
      size += next.ids().size();
      if (size >= MAX_PER_PAYMENT) {
        break; // Redis has little time for all that is sent to it together
      }
    }
    if (!quiet.isEmpty()) {
      long joined = tickets.incrementAndGet();
      // An id that is owed by a later ticket stays owed by that one.
      quiet.removeIf(id -> ids.computeIfPresent(id, (_, _) -> joined) == null);
      if (!quiet.isEmpty()) {
        taken.add(new Payment(quiet, joined, /* message= */ null));
      }
    }
    return taken;
  }

  private boolean isLast(Payment payment) {
    return payment.ids().stream()
        .allMatch(id -> Long.valueOf(payment.ticket()).equals(ids.get(id)));
  }
}
