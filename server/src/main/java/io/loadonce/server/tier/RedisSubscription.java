package io.loadonce.server.tier;

import io.loadonce.db.feed.Change;
import io.loadonce.db.feed.ChangeFeed.Subscription;
import io.loadonce.db.source.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One connection that receives the messages of the fleet, on a thread of its own. Parked flights
 * are woken on that thread; what must be taken in order waits for {@link #poll}.
 */
final class RedisSubscription implements Subscription {

  /** With so many messages unread, the connection is given up: the caches are emptied then. */
  static final int MAX_UNREAD = 100_000;

  /** The messages of one poll. */
  private static final int MAX_POLL = 1_000;

  /** Heartbeats of different subscriptions have different numbers. */
  private static final long NUMBERS = 1L << 32;

  private final Connection connection;
  private final RedisFeed feed;
  private final long firstNumber;
  private final Object mutex = new Object();
  private final BlockingQueue<Message> unread = new LinkedBlockingQueue<>(MAX_UNREAD);

  /** Why the connection was lost; null while it is not. */
  private volatile @Nullable String lost;

  /** The invalidations that the caches obey before the next poll; only for the polling thread. */
  private final List<Message.Obeyed> obeyed = new ArrayList<>();

  private RedisSubscription(Connection connection, RedisFeed feed, long number) {
    this.connection = connection;
    this.feed = feed;
    this.firstNumber = number * NUMBERS;
  }

  /**
   * @param connection is subscribed already
   * @param number of the subscription, which no other of this instance has
   */
  static RedisSubscription start(Connection connection, RedisFeed feed, long number) {
    RedisSubscription started = new RedisSubscription(connection, feed, number);
    feed.announcements().listening();
    Thread.ofVirtual().name("redis-channel").start(started::read);
    return started;
  }

  @Override
  public void requestHeartbeat(long number) {
    feed.beat(firstNumber + number);
  }

  @Override
  public List<Change> poll(Duration timeout) throws SourceException {
    obeyed.forEach(feed::obey);
    obeyed.clear();
    List<Message> messages = new ArrayList<>();
    try {
      Message first = unread.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (first != null) {
        messages.add(first);
        unread.drainTo(messages, MAX_POLL);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      abort();
    }
    String reason = lost;
    if (reason != null) {
      throw new SourceException.Unavailable(reason, /* cause= */ null);
    }
    List<Change> changes = new ArrayList<>();
    messages.forEach(message -> changes.addAll(changes(message)));
    return changes;
  }

  private List<Change> changes(Message message) {
    if (message instanceof Message.Heartbeat(String instance, long number)) {
      return feed.isOwn(instance) ? List.of(new Change.Heartbeat(number - firstNumber)) : List.of();
    }
    List<Change> changes = feed.changes(message);
    switch (message) {
      case Message.Invalidated(var instance, var number, var _, var _, var _) ->
          obey(instance, number);
      case Message.AllInvalidated(var instance, var number, var _, var _) -> obey(instance, number);
      default -> {}
    }
    return changes;
  }

  private void obey(String sender, long number) {
    if (number != 0 && !feed.isOwn(sender)) {
      obeyed.add(feed.answer(sender, number));
    }
  }

  private void read() {
    String reason = "the connection was closed";
    try {
      while (lost == null) {
        accept(connection.getOne());
      }
    } catch (JedisException e) {
      reason = String.valueOf(e.getMessage());
    } finally {
      lose(reason);
    }
  }

  /** A message that cannot be read may have been an invalidation, so it ends the subscription. */
  private void accept(Object push) {
    if (!(push instanceof List<?> parts
        && parts.size() == 3
        && parts.get(2) instanceof byte[] sent)) {
      return;
    }
    Message message = Message.decode(sent);
    if (message == null) {
      lose("a message on the channel cannot be read");
      return;
    }
    feed.accept(message);
    boolean isTakenInOrder =
        message instanceof Message.Invalidated
            || message instanceof Message.AllInvalidated
            || message instanceof Message.Hello
            || message instanceof Message.Heartbeat;
    if (isTakenInOrder && !unread.offer(message)) {
      lose("%,d messages are unread".formatted(MAX_UNREAD));
    }
  }

  /**
   * The thread that sees the loss, and subscribes anew, does so after the announcements know it.
   */
  private void lose(String reason) {
    synchronized (mutex) {
      if (lost == null) {
        feed.announcements().notListening();
        lost = reason;
        RedisConnector.close(connection);
      }
    }
  }

  @Override
  public void abort() {
    lose("the connection was closed");
  }

  @Override
  public void close() {
    abort();
  }
}
