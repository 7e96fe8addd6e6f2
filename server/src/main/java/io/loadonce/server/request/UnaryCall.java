package io.loadonce.server.request;

import com.google.rpc.Status;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.grpc.netty.shaded.io.netty.util.concurrent.ImmediateEventExecutor;
import io.grpc.netty.shaded.io.netty.util.internal.ThreadExecutorMap;
import io.grpc.protobuf.ProtoUtils;
import io.loadonce.server.access.Caller;
import io.loadonce.server.log.RateLimitedLog;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One call with one request, which ends with one reply or one status. A status is sent without an
 * exception, since an expected failure needs no stack trace.
 *
 * <p>{@link #reply} or {@link #fail} is called once, by any thread; {@link #onCancel} only while
 * the method runs.
 *
 * @param <Q> the request
 */
final class UnaryCall<Q> extends ServerCall.Listener<ReceivedRequest<Q>> {

  /** Handles a request; runs on the event loop and must not block. */
  interface Method<Q> {
    void handle(Q request, UnaryCall<Q> call);
  }

  static final Metadata.Key<Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin", ProtoUtils.metadataMarshaller(Status.getDefaultInstance()));

  /** When a gRPC client that retries sends the call again: gRFC A6, "server pushback". */
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private static final RateLimitedLog log =
      new RateLimitedLog(LoggerFactory.getLogger(UnaryCall.class), System::nanoTime);

  /** One is expected; the second is requested so that a wrong client is noticed. */
  private static final int REQUESTED_MESSAGES = 2;

  private final ServerCall<ReceivedRequest<Q>, WireMessage> call;
  private final Method<Q> method;
  private final OpenCalls openCalls;
  private final CallCounts.OfMethod counts;
  private final Caller caller;
  private final CallObserver.@Nullable Call observed;

  /** Null in tests without a network. */
  private final @Nullable Connection connection;

  /**
   * The event loop of the connection; without one, replies are written by the calling thread. A
   * loader that completes many calls hands each reply to the thread that owns its connection, where
   * Netty's buffers need no lock.
   */
  private final EventExecutor eventLoop =
      Objects.requireNonNullElse(
          ThreadExecutorMap.currentExecutor(), ImmediateEventExecutor.INSTANCE);

  private @Nullable ReceivedRequest<Q> received;

  /** Whether a sweep has seen this call, and when first; only for the thread that sweeps. */
  private boolean seen;

  private long firstSeenNanos;

  /** Whether the whole request has arrived. */
  private volatile boolean arrived;

  private volatile Runnable whenCancelled = () -> {};

  /** The bytes of a reply that the event loop has written; only for the event loop. */
  private long written;

  /** The generation of that reply. */
  private int generation;

  /** The room of any other reply; null if there is none. */
  private volatile @Nullable Reservation reservation;

  /** Whether gRPC has ended the call: the client has taken the reply, or it has cancelled. */
  private volatile boolean isOver;

  private UnaryCall(
      ServerCall<ReceivedRequest<Q>, WireMessage> call,
      Method<Q> method,
      OpenCalls openCalls,
      CallCounts.OfMethod counts,
      Caller caller,
      CallObserver.@Nullable Call observed) {
    this.call = call;
    this.method = method;
    this.openCalls = openCalls;
    this.counts = counts;
    this.caller = caller;
    this.observed = observed;
    this.connection = call.getAttributes().get(Connection.KEY);
  }

  /**
   * @param caller returns the caller of the call that begins
   */
  static <Q> ServerCallHandler<ReceivedRequest<Q>, WireMessage> handler(
      Method<Q> method,
      OpenCalls openCalls,
      CallCounts.OfMethod counts,
      Supplier<Caller> caller,
      CallObserver observer) {
    return (call, headers) -> {
      UnaryCall<Q> begun =
          new UnaryCall<>(
              call,
              method,
              openCalls,
              counts,
              caller.get(),
              observer.begins(call.getMethodDescriptor().getFullMethodName(), headers));
      openCalls.add(begun);
      call.request(REQUESTED_MESSAGES);
      return begun;
    };
  }

  Caller caller() {
    return caller;
  }

  /** Returns the time since the first call of this method; only for the thread that sweeps. */
  long openNanos(long nowNanos) {
    if (!seen) {
      seen = true;
      firstSeenNanos = nowNanos;
    }
    return nowNanos - firstSeenNanos;
  }

  boolean hasArrived() {
    return arrived;
  }

  void reply(WireMessage message) {
    Reservation room = reservation;
    if (room == null && !eventLoop.inEventLoop()) {
      room = reserve();
    }
    // A hit is written here and now, so it takes its room then, at less cost.
    ReplyLimit limit = room == null ? null : room.addRow(message.sizeBytes());
    if (limit != null) {
      fail(limit.status());
    } else {
      replyWithinRoom(message);
    }
  }

  /** Sends a reply whose rows have all taken room. */
  void replyWithinRoom(WireMessage message) {
    if (!openCalls.claim(this)) {
      endReservation();
      return;
    }
    // A large reply is copied by this thread, so that the event loop can serve its other calls.
    if (eventLoop.inEventLoop() || message.sizeBytes() > WireMessage.MAX_BUFFER_BYTES) {
      send(message);
    } else {
      eventLoop.execute(() -> send(message));
    }
  }

  /** Returns the room of this call; by one thread at a time. */
  Reservation reserve() {
    Reservation room = reservation;
    if (room == null) {
      room = new Reservation(connection);
      reservation = room;
    }
    return room;
  }

  /**
   * Makes room for the places of a call that waits; fails the call if there is none.
   *
   * @param ids how many it is for
   * @return whether there is room
   */
  boolean reservePlaces(int ids) {
    ReplyLimit limit = reserve().addWaiting(Reservation.CALL_BYTES + ids * Reservation.PLACE_BYTES);
    if (limit != null) {
      fail(limit.status());
    }
    return limit == null;
  }

  /** Returns whether a reply or a status is still awaited. */
  boolean isOpen() {
    return openCalls.isOpen(this);
  }

  @Nullable Connection connection() {
    return connection;
  }

  EventExecutor eventLoop() {
    return eventLoop;
  }

  /** Returns whether the call ends with this status; false if it has ended already. */
  boolean fail(Status status) {
    boolean isFirst = openCalls.claim(this);
    if (isFirst) {
      close(status);
    }
    return isFirst;
  }

  /** Runs work of this call; after an exception in it, a fault of ours, the call fails. */
  void run(Runnable work) {
    try {
      work.run();
    } catch (Throwable t) { // the caller must be answered after any error
      failed(t);
    }
  }

  private void failed(Throwable fault) {
    log.warn("a call failed because of a fault of this service", fault);
    if (openCalls.claim(this)) {
      close(
          io.grpc.Status.INTERNAL.withDescription("the service has a fault, which its log names"),
          new Metadata());
    }
  }

  private void close(Status status) {
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, status);
    long retryMillis = Reason.retryMillis(status);
    if (retryMillis > 0) {
      trailers.put(PUSHBACK, Long.toString(retryMillis));
    }
    close(
        io.grpc.Status.fromCodeValue(status.getCode()).withDescription(status.getMessage()),
        trailers);
  }

  private void ended(io.grpc.Status.Code status) {
    counts.ended(status.value());
    if (observed != null) {
      observed.ended(status);
    }
  }

  private void close(io.grpc.Status ended, Metadata trailers) {
    ended(ended.getCode());
    if (eventLoop.inEventLoop()) {
      call.close(ended, trailers);
    } else {
      eventLoop.execute(() -> call.close(ended, trailers));
    }
  }

  /** Sets what is withdrawn if the caller cancels, or its deadline passes, before the reply. */
  <W> void onCancel(W waiting, Consumer<? super W> withdraw) {
    whenCancelled = () -> withdraw.accept(waiting);
  }

  @Override
  public void onMessage(ReceivedRequest<Q> message) {
    if (received != null) {
      refuse(io.grpc.Status.INTERNAL, "a second request in one call");
      return;
    }
    received = message;
  }

  @Override
  public void onHalfClose() {
    arrived = true;
    switch (received) {
      case null -> refuse(io.grpc.Status.INTERNAL, "half-closed without a request");
      case ReceivedRequest.Malformed<Q> _ ->
          fail(Reason.MALFORMED_REQUEST.status("the request is not a valid protobuf message"));
      case ReceivedRequest.TooLarge<Q> _ ->
          refuse(io.grpc.Status.RESOURCE_EXHAUSTED, "the request is too large when decompressed");
      case ReceivedRequest.Parsed<Q>(Q request) -> {
        if (observed == null) {
          handle(request);
        } else {
          observed.run(() -> handle(request));
        }
      }
    }
  }

  private void handle(Q request) {
    if (!counts.isSample()) {
      handleCaught(request);
      return;
    }
    long beganNanos = System.nanoTime();
    handleCaught(request);
    if (!isOpen()) {
      counts.answeredAtOnce(System.nanoTime() - beganNanos);
    }
  }

  /** Like {@link #run}, without an object for each call. */
  private void handleCaught(Q request) {
    try {
      method.handle(request, this);
    } catch (Throwable t) { // the caller must be answered after any error
      failed(t);
    }
  }

  @Override
  public void onCancel() {
    if (openCalls.claim(this)) {
      ended(io.grpc.Status.Code.CANCELLED);
    }
    whenCancelled.run();
    endReply();
  }

  /** The reply has been passed to the operating system. */
  @Override
  public void onComplete() {
    openCalls.claim(this);
    endReply();
  }

  private void endReply() {
    isOver = true;
    endReservation();
    if (written > 0 && connection != null) {
      connection.taken(written, generation);
      written = 0;
    }
  }

  private void endReservation() {
    Reservation room = reservation;
    if (room != null) {
      room.end();
    }
  }

  private void send(WireMessage message) {
    Reservation room = reservation;
    if (room != null) {
      room.written(message.sizeBytes());
      if (isOver) { // the client left after the claim
        ended(io.grpc.Status.Code.CANCELLED);
        room.end();
        return;
      }
    } else if (connection != null) {
      generation = connection.generation();
      ReplyLimit limit = connection.write(message.sizeBytes(), generation);
      if (limit != null) {
        close(limit.status());
        return;
      }
      written = message.sizeBytes();
    }
    ended(io.grpc.Status.Code.OK);
    call.sendHeaders(new Metadata());
    call.sendMessage(message);
    call.close(io.grpc.Status.OK, new Metadata());
  }

  /** Ends a call that broke the protocol, without details, as gRPC itself does. */
  private void refuse(io.grpc.Status status, String text) {
    if (openCalls.claim(this)) {
      close(status.withDescription(text), new Metadata());
    }
  }
}
