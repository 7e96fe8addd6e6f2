package io.loadonce.server.request;

import com.google.rpc.Status;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.grpc.netty.shaded.io.netty.util.concurrent.ImmediateEventExecutor;
import io.grpc.netty.shaded.io.netty.util.internal.ThreadExecutorMap;
import io.grpc.protobuf.ProtoUtils;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call with one request and one answer. Answers without exceptions: a status that a caller
 * earned is not worth a stack trace.
 *
 * <p>{@link #reply} or {@link #fail} is called once, by any thread; {@link #onCancel} only while
 * the method runs.
 *
 * @param <Q> the request
 */
final class UnaryCall<Q> extends ServerCall.Listener<ReceivedRequest<Q>> {

  /** What is done with a request; runs on the event loop and must not block. */
  interface Method<Q> {
    void answer(Q request, UnaryCall<Q> call);
  }

  private static final Metadata.Key<Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin", ProtoUtils.metadataMarshaller(Status.getDefaultInstance()));

  /** One, and one more, so that a second one shows. */
  private static final int MESSAGES_ASKED_FOR = 2;

  private final ServerCall<ReceivedRequest<Q>, WireMessage> call;
  private final Method<Q> method;
  private final OpenCalls openCalls;

  /**
   * Of the connection; where there is none, any thread will do. What a loader has for many calls is
   * written by the threads that own their connections, where Netty's buffers need no lock.
   */
  private final EventExecutor eventLoop =
      Objects.requireNonNullElse(
          ThreadExecutorMap.currentExecutor(), ImmediateEventExecutor.INSTANCE);

  private @Nullable ReceivedRequest<Q> received;

  /** Whether the sweep has come by, and when; only for the thread that sweeps. */
  private boolean seen;

  private long firstSeenNanos;

  /** Whether the whole request is here. */
  private volatile boolean arrived;

  private volatile Runnable whenCancelled = () -> {};

  private UnaryCall(
      ServerCall<ReceivedRequest<Q>, WireMessage> call, Method<Q> method, OpenCalls openCalls) {
    this.call = call;
    this.method = method;
    this.openCalls = openCalls;
  }

  static <Q> ServerCallHandler<ReceivedRequest<Q>, WireMessage> handler(
      Method<Q> method, OpenCalls openCalls) {
    return (call, headers) -> {
      UnaryCall<Q> begun = new UnaryCall<>(call, method, openCalls);
      openCalls.add(begun);
      call.request(MESSAGES_ASKED_FOR);
      return begun;
    };
  }

  /** How long this call has been seen to be open; zero when it is asked for the first time. */
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
    if (!openCalls.take(this)) {
      return;
    }
    // To copy what is large would keep the loop from its other calls.
    if (eventLoop.inEventLoop() || message.sizeBytes() > WireMessage.MAX_BUFFER_BYTES) {
      send(message);
    } else {
      eventLoop.execute(() -> send(message));
    }
  }

  void fail(Status status) {
    if (!openCalls.take(this)) {
      return;
    }
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, status);
    io.grpc.Status ended =
        io.grpc.Status.fromCodeValue(status.getCode()).withDescription(status.getMessage());
    if (eventLoop.inEventLoop()) {
      call.close(ended, trailers);
    } else {
      eventLoop.execute(() -> call.close(ended, trailers));
    }
  }

  /** Withdraws what waits, if the caller leaves, or its deadline passes, before the answer. */
  <W> void onCancel(W waits, Consumer<? super W> withdraw) {
    whenCancelled = () -> withdraw.accept(waits);
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
      case ReceivedRequest.Parsed<Q>(Q request) -> method.answer(request, this);
    }
  }

  @Override
  public void onCancel() {
    openCalls.take(this);
    whenCancelled.run();
  }

  /** Also comes when a method has thrown and gRPC has closed the call for it. */
  @Override
  public void onComplete() {
    openCalls.take(this);
  }

  private void send(WireMessage message) {
    call.sendHeaders(new Metadata());
    call.sendMessage(message);
    call.close(io.grpc.Status.OK, new Metadata());
  }

  /** As gRPC refuses what it cannot hand over. */
  private void refuse(io.grpc.Status status, String text) {
    if (openCalls.take(this)) {
      call.close(status.withDescription(text), new Metadata());
    }
  }
}
