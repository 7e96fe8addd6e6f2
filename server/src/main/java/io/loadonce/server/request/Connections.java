package io.loadonce.server.request;

import io.loadonce.server.log.RateLimitedLog;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The open connections, and the budget of bytes for the replies that they have not taken.
 *
 * <p>Guarantee: the replies of {@link #LARGE_BYTES} or more that are held never have more bytes
 * than the budget. Smaller replies are added up by the sweep, so that a hit touches no counter that
 * event loops share; between two sweeps they may exceed the budget. A connection that takes nothing
 * is closed: after the unread time-out, and after a second if others were refused because of it. So
 * is one that takes some replies and leaves another for too long. Requests, complete or not, have
 * half of the budget at most; beyond it, the connection with most of their bytes is closed.
 *
 * <p>Safe for use by many threads; never blocks.
 */
public final class Connections {

  /** Replies of fewer bytes are counted by the sweep only. */
  static final long LARGE_BYTES = 16 << 10;

  /** A reply may be left for longer, by a second for so many bytes that the connection holds. */
  private static final long SLOW_BYTES_PER_SECOND = 64 << 10;

  /** How long a connection may be stuck while replies of others are refused. */
  private static final long STUCK_UNDER_PRESSURE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long BETWEEN_SWEEPS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ConnectionLimits limits;
  private final LongSupplier nanoClock;
  private final RateLimitedLog log;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final Map<String, AtomicInteger> peers = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();

  /** Bytes of the large replies. */
  private final AtomicLong large = new AtomicLong();

  /** Bytes of the requests, without small ones. */
  private final AtomicLong requests = new AtomicLong();

  /** Bytes of the small replies at the last sweep. */
  private volatile long small;

  /** Whether a reply was refused since the last sweep because of the budget of all. */
  private volatile boolean pressed;

  /** Only for the thread that sweeps. */
  private long sweptNanos;

  /**
   * @param nanoClock monotonic, in nanoseconds
   */
  public Connections(ConnectionLimits limits, LongSupplier nanoClock) {
    this.limits = limits;
    this.nanoClock = nanoClock;
    this.log = new RateLimitedLog(LoggerFactory.getLogger(Connections.class), nanoClock);
    this.sweptNanos = nanoClock.getAsLong();
  }

  /**
   * Lets a connection in, or returns null if there are too many.
   *
   * @param client whose connection it is
   */
  public @Nullable Connection open(Connection.Client client) {
    String peer = client.address();
    if (count.incrementAndGet() > limits.maxConnections()) {
      count.decrementAndGet();
      log.warn("a connection was refused", "; there are " + limits.maxConnections(), null);
      return null;
    }
    AtomicInteger ofPeer =
        peers.compute(
            peer,
            (_, known) -> {
              AtomicInteger counter = known == null ? new AtomicInteger() : known;
              counter.incrementAndGet();
              return counter;
            });
    Connection connection = new Connection(client, this, nanoClock.getAsLong());
    open.add(connection);
    if (ofPeer.get() > limits.maxPerPeer()) {
      remove(connection);
      log.warn(
          "a connection was refused", "; %s has %d".formatted(peer, limits.maxPerPeer()), null);
      return null;
    }
    return connection;
  }

  /** Returns whether no reply waits to be taken. */
  boolean areRead() {
    return open.stream().allMatch(Connection::isRead);
  }

  /** Adds the small replies up, and closes connections that are stuck. To be called often. */
  void sweep() {
    long nowNanos = nanoClock.getAsLong();
    if (nowNanos - sweptNanos < BETWEEN_SWEEPS_NANOS) {
      return;
    }
    sweptNanos = nowNanos;
    boolean wasPressed = pressed;
    pressed = false;
    long held = 0;
    Connection worst = null;
    for (Connection each : open) {
      held += each.heldBytes();
      each.sample(nowNanos);
      if (each.stuckNanos(nowNanos) > limits.unreadTimeout().toNanos()
          || each.unreadNanos(nowNanos) > allowedNanos(each)) {
        reset(each);
      } else if (isTooSlowUnderPressure(each, nowNanos)
          && (worst == null || each.heldBytes() > worst.heldBytes())) {
        worst = each;
      }
    }
    small = Math.max(0, held - large.get());
    if (worst != null && (wasPressed || held > limits.maxReplyBytes())) {
      reset(worst);
    }
  }

  long maxBytesPerConnection() {
    return limits.maxReplyBytesPerConnection();
  }

  /** Returns whether the budget has room for a small reply. */
  boolean hasRoom() {
    boolean hasRoom = small + large.get() <= limits.maxReplyBytes();
    if (!hasRoom) {
      pressed = true;
    }
    return hasRoom;
  }

  /** Takes bytes from the budget; returns false, and takes none, if it has no room for them. */
  boolean takeLarge(long bytes) {
    if (large.addAndGet(bytes) + small <= limits.maxReplyBytes()) {
      return true;
    }
    large.addAndGet(-bytes);
    pressed = true;
    return false;
  }

  void giveLarge(long bytes) {
    large.addAndGet(-bytes);
  }

  void remove(Connection connection) {
    if (open.remove(connection)) {
      count.decrementAndGet();
      peers.computeIfPresent(
          connection.address(), (_, counter) -> counter.decrementAndGet() == 0 ? null : counter);
    }
  }

  private boolean isTooSlowUnderPressure(Connection connection, long nowNanos) {
    return connection.stuckNanos(nowNanos) > STUCK_UNDER_PRESSURE_NANOS
        || connection.unreadNanos(nowNanos) > limits.unreadTimeout().toNanos();
  }

  private long allowedNanos(Connection connection) {
    return limits.unreadTimeout().toNanos()
        + TimeUnit.SECONDS.toNanos(connection.heldBytes() / SLOW_BYTES_PER_SECOND);
  }

  /**
   * Requests may have half of the budget. Beyond that, the connection is closed whose requests have
   * most: many connections could use up the budget with requests that are never complete.
   */
  void requestArrived(long bytes) {
    if (requests.addAndGet(bytes) > limits.maxReplyBytes() / 2) {
      open.stream()
          .max(Comparator.comparingLong(Connection::requestBytes))
          .ifPresent(this::resetForRequests);
    }
  }

  void requestEnded(long bytes) {
    requests.addAndGet(-bytes);
  }

  /** Closes a connection whose requests have more bytes than it may hold. */
  void resetForRequests(Connection connection) {
    reset(connection, "a connection was closed because of the bytes of its requests");
  }

  private void reset(Connection connection) {
    reset(connection, "a connection was closed because it did not take its replies");
  }

  private void reset(Connection connection, String event) {
    if (connection.reset()) {
      log.warn(
          event,
          "; from %s, %,d bytes".formatted(connection.address(), connection.heldBytes()),
          null);
    }
  }
}
