package io.loadonce.server.tier;

import io.loadonce.db.lookup.Key;
import java.util.Collection;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Removes the ids of one lookup from Redis, and tells the other instances if that is asked for.
 * What cannot be removed now is removed before this instance reads Redis again. Never blocks; safe
 * for use by many threads.
 */
final class Removals {
  private static final byte[] NO_MESSAGE = new byte[0];

  private final Space space;
  private final Fleet fleet;
  private final Exchange exchange;
  private final Owed owed = new Owed();

  Removals(Space space, Fleet fleet, Exchange exchange) {
    this.space = space;
    this.fleet = fleet;
    this.exchange = exchange;
  }

  /** How many ids are still to be removed; everything counts as one. */
  int owed() {
    return owed.size();
  }

  /**
   * Removes ids and tells no one. From now on this instance does not read what Redis has of them.
   */
  void forget(Collection<Key> ids) {
    List<Key> all = List.copyOf(ids);
    for (int from = 0; from < all.size(); from += Owed.MAX_PER_PAYMENT) {
      List<Key> some = all.subList(from, Math.min(all.size(), from + Owed.MAX_PER_PAYMENT));
      pay(owed.add(some, /* message= */ null), _ -> {});
    }
  }

  /**
   * Removes everything and tells no one.
   *
   * @param sent accepts 0 if it was removed, -1 if that must wait
   */
  void forgetEverything(IntConsumer sent) {
    pay(owed.addEverything(/* message= */ null), sent);
  }

  /** Notes what is to be removed; from now on this instance does not read what Redis has of it. */
  Owed.Payment note(Collection<Key> ids, Message message) {
    return ids.isEmpty() ? owed.addEverything(message) : owed.add(ids, message);
  }

  /**
   * Removes what was noted, now or as soon as Redis is reached.
   *
   * @param sent accepts how many instances the message was sent to; -1 if that must wait
   */
  void pay(Owed.Payment payment, IntConsumer sent) {
    exchange.offer(command(payment, sent));
  }

  /** Takes out the removals that had to wait. */
  List<Command> debts() {
    return owed.takeUnpaid().stream().map(each -> command(each, _ -> {})).toList();
  }

  /** Sends the removal of an id that is owed; returns how many answers will come. */
  int sendIfOwed(RedisConnection to, Key id) {
    String epochKey = to.epochKey(space);
    if (owed.containsEverything()) {
      send(to, List.of(epochKey), NO_MESSAGE, Token.random());
      return 1;
    }
    if (owed.contains(id)) {
      send(to, List.of(epochKey + ":" + Space.text(id)), NO_MESSAGE, /* epoch= */ "");
      return 1;
    }
    return 0;
  }

  private Command command(Owed.Payment payment, IntConsumer sent) {
    Message message = payment.message();
    byte[] bytes = message == null ? NO_MESSAGE : message.encode();
    return new Command(
        to -> send(to, payment, bytes),
        reply -> {
          owed.paid(payment);
          sent.accept(Math.toIntExact((Long) reply));
        },
        () -> {
          owed.unpaid(payment, everything());
          sent.accept(-1);
        },
        bytes.length);
  }

  private int send(RedisConnection to, Owed.Payment payment, byte[] message) {
    String epochKey = to.epochKey(space);
    if (payment.isEverything()) {
      send(to, List.of(epochKey), message, Token.random());
    } else {
      List<String> keys =
          payment.ids().stream().map(id -> epochKey + ":" + Space.text(id)).toList();
      send(to, keys, message, /* epoch= */ "");
    }
    return 1;
  }

  private void send(RedisConnection to, List<String> keys, byte[] message, String epoch) {
    to.run(
        Script.FORGET,
        keys,
        RedisConnection.bytes(fleet.channel()),
        message,
        RedisConnection.bytes(epoch));
  }

  private Message everything() {
    return new Message.AllInvalidated(
        fleet.instance(), /* number= */ 0, space.lookup(), space.fingerprint());
  }
}
