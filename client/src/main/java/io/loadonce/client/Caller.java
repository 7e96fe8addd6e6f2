package io.loadonce.client;

import io.grpc.ClientCall;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One caller of a load test: it asks, is answered, and asks again, until the window is over. A
 * chain of callbacks, not a thread, so ten thousand of them cost little.
 */
final class Caller<Q, A> implements StreamObserver<A> {

  /** Without a rest, a closed loop against a server that is down would be a busy loop. */
  private static final Executor AFTER_A_REST =
      CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS, Runnable::run);

  private final LoadWindow window;
  private final Supplier<ClientCall<Q, A>> calls;
  private final Supplier<Q> requests;
  private final Tally tally;
  private final BiConsumer<Tally, A> countAnswer;
  private final Runnable whenOver;

  /* A call may end before ask() has returned, on this thread or on another. Asking again at once
   * would nest without end, so whoever finds an asker at work leaves the turn to it. */
  private final AtomicInteger turns = new AtomicInteger();

  private boolean counted;
  private long begunNanos;
  private @Nullable A answer;

  Caller(
      LoadWindow window,
      Supplier<ClientCall<Q, A>> calls,
      Supplier<Q> requests,
      Tally tally,
      BiConsumer<Tally, A> countAnswer,
      Runnable whenOver) {
    this.window = window;
    this.calls = calls;
    this.requests = requests;
    this.tally = tally;
    this.countAnswer = countAnswer;
    this.whenOver = whenOver;
  }

  /** Asks for the first time, or again. Never blocks. */
  void ask() {
    if (turns.getAndIncrement() != 0) {
      return;
    }
    do {
      askOnce();
    } while (turns.decrementAndGet() != 0);
  }

  private void askOnce() {
    Q request = requests.get();
    begunNanos = System.nanoTime();
    switch (window.next(begunNanos)) {
      case OVER -> whenOver.run();
      case WARM_UP -> send(request, /* counts= */ false);
      case COUNTED -> send(request, /* counts= */ true);
    }
  }

  private void send(Q request, boolean counts) {
    counted = counts;
    answer = null;
    ClientCalls.asyncUnaryCall(calls.get(), request, this);
  }

  @Override
  public void onNext(A brought) {
    answer = brought;
  }

  @Override
  public void onCompleted() {
    end(Code.OK);
    ask();
  }

  @Override
  public void onError(Throwable failure) {
    Code code = Status.fromThrowable(failure).getCode();
    end(code);
    if (code == Code.UNAVAILABLE) {
      AFTER_A_REST.execute(this::ask);
      return;
    }
    ask();
  }

  private void end(Code code) {
    long nanos = System.nanoTime() - begunNanos;
    if (!counted) {
      tally.warmUpCall();
      return;
    }
    tally.call(code, nanos);
    if (code == Code.OK && answer != null) {
      countAnswer.accept(tally, answer);
    }
  }
}
