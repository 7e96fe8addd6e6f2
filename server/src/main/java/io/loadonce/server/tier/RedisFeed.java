package io.loadonce.server.tier;

import io.loadonce.db.feed.Change;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The invalidations of the other instances, as a change feed. Instances also wake each other over
 * its channel. Safe for use by many threads.
 */
final class RedisFeed implements ChangeFeed {
  private final RedisConnector connector;
  private final Fleet fleet;
  private final Collection<Member> members;
  private final Exchange exchange;
  private final Announcements announcements;
  private final AtomicLong subscriptions = new AtomicLong();

  /**
   * @param members the lookups of this instance
   */
  RedisFeed(
      RedisConnector connector,
      Fleet fleet,
      Collection<Member> members,
      Exchange exchange,
      Announcements announcements) {
    this.connector = connector;
    this.fleet = fleet;
    this.members = members;
    this.exchange = exchange;
    this.announcements = announcements;
  }

  @Override
  public void check() {}

  @Override
  public Subscription subscribe() throws SourceException {
    try {
      return RedisSubscription.start(
          connector.subscribe(fleet.channel()), this, subscriptions.incrementAndGet());
    } catch (RedisException e) {
      throw new SourceException.Unavailable(
          "Redis at %s: %s".formatted(connector.address(), e.getMessage()), e);
    }
  }

  Announcements announcements() {
    return announcements;
  }

  /** Tells the instances, this one included, that it is there. */
  void beat(long number) {
    byte[] message = new Message.Heartbeat(fleet.instance(), number).encode();
    exchange.offer(
        new Command(
            to -> {
              to.setFor(fleet.aliveKey(), fleet.alive().toMillis());
              to.publish(fleet.channel(), message);
              return 2;
            },
            _ -> {},
            () -> {},
            message.length));
  }

  /** Tells another instance that its invalidation was obeyed. */
  void obey(Message.Obeyed answer) {
    exchange.offer(Command.publish(fleet.channel(), answer.encode()));
  }

  Message.Obeyed answer(String sender, long number) {
    return new Message.Obeyed(fleet.instance(), sender, number);
  }

  boolean isOwn(String instance) {
    return fleet.instance().equals(instance);
  }

  /** Takes what need not be taken in the order of the channel. */
  void accept(Message message) {
    switch (message) {
      case Message.Wake(var lookup, var fingerprint, var id, var failure, var said) -> {
        Member member = find(lookup);
        if (member != null && member.hasFingerprint(fingerprint)) {
          member.stage().woken(id, failure, said);
        }
      }
      case Message.Heartbeat(String instance, long _) -> {
        if (!isOwn(instance)) {
          announcements.heartbeat(instance);
        }
      }
      case Message.Obeyed(String instance, String sender, long number) -> {
        if (isOwn(sender)) {
          announcements.obeyed(instance, number);
        }
      }
      case Message.Invalidated(var instance, long number, var _, var _, var _) ->
          cameBack(instance, number);
      case Message.AllInvalidated(var instance, long number, var _, var _) ->
          cameBack(instance, number);
      case Message.Hello _ -> {}
    }
  }

  private void cameBack(String instance, long number) {
    if (isOwn(instance)) {
      announcements.cameBack(number);
    }
  }

  /**
   * Takes a message in the order of the channel: answers a Hello, and returns what an invalidation
   * means for the caches. What the sender has removed from another space is owed in the space of
   * this instance when this returns.
   */
  List<Change> changes(Message message) {
    return switch (message) {
      case Message.Invalidated(var instance, var _, var lookup, var fingerprint, var ids)
          when !isOwn(instance) ->
          invalidated(lookup, fingerprint, ids);
      case Message.AllInvalidated(var instance, var _, var lookup, var fingerprint)
          when !isOwn(instance) ->
          allInvalidated(lookup, fingerprint);
      case Message.Hello(var instance, String epochKey, String millis) when !isOwn(instance) -> {
        members.forEach(member -> member.stage().watch().greet(epochKey, millis));
        yield List.of();
      }
      default -> List.of();
    };
  }

  private List<Change> invalidated(String lookup, String fingerprint, List<List<String>> texts) {
    Member member = find(lookup);
    if (member == null) {
      return List.of();
    }
    List<Key> ids = new ArrayList<>();
    for (List<String> text : texts) {
      try {
        ids.add(member.lookup().key().parse(text));
      } catch (InvalidIdException _) {
        // The lookup of the sender has another key, so this may mean any id.
        return allInvalidated(lookup, /* fingerprint= */ "");
      }
    }
    if (!member.hasFingerprint(fingerprint)) {
      member.stage().removals().forget(ids);
    }
    ids.forEach(id -> member.stage().woken(Space.text(id), Message.Failure.NONE, ""));
    return ids.stream().<Change>map(id -> new Change.Row(lookup, id)).toList();
  }

  private List<Change> allInvalidated(String lookup, String fingerprint) {
    Member member = find(lookup);
    if (member == null) {
      return List.of();
    }
    if (!member.hasFingerprint(fingerprint)) {
      member.stage().removals().forgetEverything(_ -> {});
    }
    return List.of(new Change.Everything(lookup));
  }

  private @Nullable Member find(String lookup) {
    return members.stream()
        .filter(member -> member.lookup().name().equals(lookup))
        .findFirst()
        .orElse(null);
  }
}
