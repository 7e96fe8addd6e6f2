package io.loadonce.server.request;

import com.google.rpc.Status;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.protobuf.ProtoUtils;
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
final class UnaryCall<Q> extends ServerCall.Listener<Received<Q>> {

  /** What is done with a request; runs on the event loop and must not block. */
  interface Method<Q> {
    void answer(Q request, UnaryCall<Q> call);
  }

  private static final Metadata.Key<Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin", ProtoUtils.metadataMarshaller(Status.getDefaultInstance()));

  /** One, and one more, so that a second one shows. */
  private static final int MESSAGES_ASKED_FOR = 2;

  private final ServerCall<Received<Q>, WireMessage> call;
  private final Method<Q> method;
  private final Arrivals arrivals;
  private final long beganNanos;
  private @Nullable Received<Q> received;
  private Runnable whenCancelled = () -> {};

  private UnaryCall(
      ServerCall<Received<Q>, WireMessage> call, Method<Q> method, Arrivals arrivals) {
    this.call = call;
    this.method = method;
    this.arrivals = arrivals;
    this.beganNanos = arrivals.nowNanos();
  }

  static <Q> ServerCallHandler<Received<Q>, WireMessage> handler(
      Method<Q> method, Arrivals arrivals) {
    return (call, headers) -> {
      UnaryCall<Q> begun = new UnaryCall<>(call, method, arrivals);
      arrivals.add(begun);
      call.request(MESSAGES_ASKED_FOR);
      return begun;
    };
  }

  long beganNanos() {
    return beganNanos;
  }

  void reply(WireMessage message) {
    call.sendHeaders(new Metadata());
    call.sendMessage(message);
    call.close(io.grpc.Status.OK, new Metadata());
  }

  void fail(Status status) {
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, status);
    call.close(
        io.grpc.Status.fromCodeValue(status.getCode()).withDescription(status.getMessage()),
        trailers);
  }

  /** Runs {@code action} if the caller leaves, or its deadline passes, before the answer. */
  void onCancel(Runnable action) {
    whenCancelled = action;
  }

  @Override
  public void onMessage(Received<Q> message) {
    if (received != null && arrivals.take(this)) {
      call.close(
          io.grpc.Status.INTERNAL.withDescription("a second request in one call"), new Metadata());
      return;
    }
    received = message;
  }

  @Override
  public void onHalfClose() {
    if (!arrivals.take(this)) {
      return;
    }
    switch (received) {
      case null ->
          call.close(
              io.grpc.Status.INTERNAL.withDescription("half-closed without a request"),
              new Metadata());
      case Received.Malformed<Q> _ ->
          fail(Reason.MALFORMED_REQUEST.status("the request is not a valid protobuf message"));
      case Received.Parsed<Q>(Q request) -> method.answer(request, this);
    }
  }

  @Override
  public void onCancel() {
    arrivals.take(this);
    whenCancelled.run();
  }
}
