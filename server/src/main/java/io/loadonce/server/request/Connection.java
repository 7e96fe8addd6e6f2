package io.loadonce.server.request;

import io.grpc.Attributes;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
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

  /*
   * How long the client has left a reply. Replies are counted in two generations. Once the client
   * has taken all of the older generation, the younger one becomes the older one, and another
   * begins. So a reply of the older generation was written before the last change. A client that
   * takes one reply and leaves another does not keep its connection by that.
   */

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
     * bytes of a reply.
     */
    void sampleProgress(LongConsumer sample);
  }

  private final Client client;
  private final Connections all;

  /** Rows of replies that still wait for other rows, in bytes. */
  private final AtomicLong collected = new AtomicLong();

  /** Requests that have arrived, perhaps in part, of calls that are open. */
  private final AtomicLong requests = new AtomicLong();

  /** Replies that were written and that the client has not taken, in bytes, by generation. */
  private final AtomicLongArray written = new AtomicLongArray(2);

  /** The younger generation, 0 or 1. Only the thread that sweeps writes it. */
  private volatile int generation;

  private final AtomicBoolean isReset = new AtomicBoolean();

  /** How many calls of gRPC's own services are open. */
  private final AtomicInteger streams = new AtomicInteger();

  /** Before this time the replies of the older generation were written; for the sweep only. */
  private long olderNanos;

  /** What the last sweep saw, and since when nothing was taken; only for the thread that sweeps. */
  private long seenProgress;

  private long progressNanos;

  /** Changes whenever the client has taken bytes; sampled only while it leaves a reply. */
  private volatile long progress;

  Connection(Client client, Connections all, long nowNanos) {
    this.client = client;
    this.all = all;
    this.olderNanos = nowNanos;
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

  /**
   * Bytes of requests have arrived. If all requests of a connection have more than it may hold, it
   * is closed: a request that is not complete cannot be refused by itself.
   */
  public void requestArrived(long bytes) {
    if (requests.addAndGet(bytes) > all.maxBytesPerConnection()) {
      all.resetForRequests(this);
    }
    all.requestArrived(bytes);
  }

  /** The calls of requests have ended. */
  public void requestEnded(long bytes) {
    requests.addAndGet(-bytes);
    all.requestEnded(bytes);
  }

  /** Returns how many bytes of requests the connection holds. */
  long requestBytes() {
    return requests.get();
  }

  String address() {
    return client.address();
  }

  long heldBytes() {
    return requests.get() + collected.get() + writtenBytes();
  }

  private long writtenBytes() {
    return written.get(0) + written.get(1);
  }

  /** Returns whether the client has taken every reply. */
  boolean isRead() {
    return writtenBytes() == 0;
  }

  /** Returns the generation of a reply that is written now. */
  int generation() {
    return generation;
  }

  /** Counts a reply that is about to be written; returns the limit that forbids it, or null. */
  @Nullable ReplyLimit write(long bytes, int ofGeneration) {
    long before = heldBytes();
    written.getAndAdd(ofGeneration, bytes);
    ReplyLimit limit = limit(before, /* own= */ 0, bytes, bytes >= Connections.LARGE_BYTES);
    if (limit != null) {
      written.getAndAdd(ofGeneration, -bytes);
    }
    return limit;
  }

  /**
   * Counts what a call holds that waits; returns the limit that forbids it, or null.
   *
   * @param own what was counted for the same call, if that is no reason to refuse more
   */
  @Nullable ReplyLimit collect(long bytes, long own) {
    long before = collected.getAndAdd(bytes);
    long others = requests.get() + writtenBytes();
    ReplyLimit limit = limit(before + others, own, bytes, /* isLarge= */ true);
    if (limit != null) {
      collected.getAndAdd(-bytes);
    }
    return limit;
  }

  /** A connection that holds nothing else may hold one row of any size, if the process may. */
  private @Nullable ReplyLimit limit(long before, long own, long bytes, boolean isLarge) {
    if (before > own && before + bytes > all.maxBytesPerConnection()) {
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
  void writeCollected(long before, long bytes, int ofGeneration) {
    written.getAndAdd(ofGeneration, bytes);
    collected.getAndAdd(-before);
    all.giveLarge(before - bytes);
  }

  /** The collected rows will not be written. */
  void dropCollected(long bytes) {
    collected.getAndAdd(-bytes);
    all.giveLarge(bytes);
  }

  /** The client has taken a reply of collected rows, or has cancelled. */
  void takenCollected(long bytes, int ofGeneration) {
    written.getAndAdd(ofGeneration, -bytes);
    all.giveLarge(bytes);
  }

  /** The client has taken a reply, or has cancelled. */
  void taken(long bytes, int ofGeneration) {
    written.getAndAdd(ofGeneration, -bytes);
    if (bytes >= Connections.LARGE_BYTES) {
      all.giveLarge(bytes);
    }
  }

  /** Finds out what the client has taken; for the sweep, before the two methods below. */
  void sample(long nowNanos) {
    int older = 1 - generation;
    if (written.get(older) == 0) {
      generation = older;
      olderNanos = nowNanos;
      progressNanos = nowNanos;
      return;
    }
    if (progress != seenProgress) {
      seenProgress = progress;
      progressNanos = nowNanos;
    }
    client.sampleProgress(sample -> progress = sample);
  }

  /** Returns how long the client has taken no byte, although there are some. */
  long stuckNanos(long nowNanos) {
    return nowNanos - progressNanos;
  }

  /**
   * Returns how long the client has left its oldest reply, or a little less; 0 if there is none.
   */
  long unreadNanos(long nowNanos) {
    return nowNanos - olderNanos;
  }

  /** Closes the connection, whose calls are cancelled; returns whether this was the first time. */
  boolean reset() {
    boolean isFirst = isReset.compareAndSet(/* expectedValue= */ false, /* newValue= */ true);
    if (isFirst) {
      client.reset();
    }
    return isFirst;
  }
}
