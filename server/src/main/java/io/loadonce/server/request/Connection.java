package io.loadonce.server.request;

import io.grpc.Attributes;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client, with the bytes of replies that it makes this service hold. Safe for
 * use by many threads; never blocks.
 *
 * <p>Nearly all calls of this are made by the event loop of the connection, so its counters are not
 * contended.
 */
public final class Connection {

  /** Where a call finds its connection. */
  public static final Attributes.Key<Connection> KEY =
      Attributes.Key.create("io.loadonce.connection");

  /** The other end. */
  public interface Client {

    /** The address, without the port. */
    String address();

    /** Closes the connection at once. May be called by any thread, more than once. */
    void reset();

    /**
     * Passes on, later and by another thread, a number that changes whenever the client has taken
     * bytes.
     */
    void look(LongConsumer seen);
  }

  private final Client client;
  private final Connections all;

  /** Rows of replies that still wait for other rows, in bytes. */
  private final AtomicLong collected = new AtomicLong();

  /** Replies that were written and that the client has not taken, in bytes. */
  private final AtomicLong written = new AtomicLong();

  /** How many replies the client has taken. Only the event loop writes it. */
  private final AtomicLong taken = new AtomicLong();

  /** How many calls of gRPC's own services are open. */
  private final AtomicInteger streams = new AtomicInteger();

  /** What the last sweep saw, and since when nothing was taken; only for the thread that sweeps. */
  private long seenTaken;

  private long seenProgress;
  private long takenNanos;
  private long progressNanos;

  /** Changes whenever the client has taken bytes; looked at only if it takes no whole reply. */
  private volatile long progress;

  Connection(Client client, Connections all, long nowNanos) {
    this.client = client;
    this.all = all;
    this.takenNanos = nowNanos;
    this.progressNanos = nowNanos;
  }

  /** The connection has been closed, and all its calls have ended. */
  public void closed() {
    all.remove(this);
  }

  /** How many calls of gRPC's own services are open. */
  public int openStreams() {
    return streams.get();
  }

  /** A call of gRPC's own services has begun. */
  public void streamOpened() {
    streams.incrementAndGet();
  }

  /** A call of gRPC's own services has ended. */
  public void streamClosed() {
    streams.decrementAndGet();
  }

  String address() {
    return client.address();
  }

  long heldBytes() {
    return collected.get() + written.get();
  }

  /** Returns whether the client has taken every reply. */
  boolean isRead() {
    return written.get() == 0;
  }

  /** Counts a reply that is about to be written; returns the limit that forbids it, or null. */
  @Nullable ReplyLimit write(long bytes) {
    long before = written.getAndAdd(bytes);
    ReplyLimit limit = limit(before + collected.get(), bytes, bytes >= Connections.LARGE_BYTES);
    if (limit != null) {
      written.getAndAdd(-bytes);
    }
    return limit;
  }

  /** Counts rows of a reply that waits for other rows; returns the limit that forbids it. */
  @Nullable ReplyLimit collect(long bytes) {
    long before = collected.getAndAdd(bytes);
    ReplyLimit limit = limit(before + written.get(), bytes, /* isLarge= */ true);
    if (limit != null) {
      collected.getAndAdd(-bytes);
    }
    return limit;
  }

  /** A connection that holds nothing may hold one reply of any size, if the process may. */
  private @Nullable ReplyLimit limit(long before, long bytes, boolean isLarge) {
    if (before > 0 && before + bytes > all.maxBytesPerConnection()) {
      return ReplyLimit.CONNECTION;
    }
    boolean hasRoom = isLarge ? all.takeLarge(bytes) : all.hasRoom();
    return hasRoom ? null : ReplyLimit.PROCESS;
  }

  /**
   * A reply of collected rows is about to be written.
   *
   * @param before what was counted for its call
   * @param bytes the size of the reply, with what is not a row
   */
  void writeCollected(long before, long bytes) {
    written.getAndAdd(bytes);
    collected.getAndAdd(-before);
    all.giveLarge(before - bytes);
  }

  /** The collected rows will not be written. */
  void dropCollected(long bytes) {
    collected.getAndAdd(-bytes);
    all.giveLarge(bytes);
  }

  /** The client has taken a reply of collected rows, or has cancelled. For the event loop. */
  void takenCollected(long bytes) {
    taken(bytes, /* isLarge= */ true);
  }

  /** The client has taken a reply, or has cancelled. For the event loop. */
  void taken(long bytes) {
    taken(bytes, bytes >= Connections.LARGE_BYTES);
  }

  private void taken(long bytes, boolean isLarge) {
    written.getAndAdd(-bytes);
    taken.lazySet(taken.getPlain() + 1);
    if (isLarge) {
      all.giveLarge(bytes);
    }
  }

  /** Looks at what the client has taken; for the sweep, before the two methods below. */
  void look(long nowNanos) {
    long takenNow = taken.get();
    if (isRead() || takenNow != seenTaken) {
      seenTaken = takenNow;
      takenNanos = nowNanos;
      progressNanos = nowNanos;
      return;
    }
    if (progress != seenProgress) {
      seenProgress = progress;
      progressNanos = nowNanos;
    }
    client.look(seen -> progress = seen);
  }

  /** Returns how long the client has taken no byte, although there are some. */
  long stuckNanos(long nowNanos) {
    return nowNanos - progressNanos;
  }

  /** Returns how long the client has taken no whole reply, although there is one. */
  long unreadNanos(long nowNanos) {
    return nowNanos - takenNanos;
  }

  /** Closes the connection at once; its calls are cancelled. */
  void reset() {
    client.reset();
  }
}
