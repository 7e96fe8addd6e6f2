package io.loadonce.commands.load;

import io.grpc.ClientCall;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.loadonce.commands.load.Picker.Planned;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One caller of a load test: it sends a call, waits for the reply and sends the next one, as soon
 * as that is due, until the measurement is over. It is a chain of callbacks and not a thread, so
 * ten thousand of them cost little.
 */
final class CallLoop<Q, A> implements StreamObserver<A> {

  /** Without a pause, a closed loop against a server that is down would be a busy loop. */
  private static final Executor AFTER_A_PAUSE =
      CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS, Runnable::run);

  private final MeasurementWindow window;
  private final Function<Q, ClientCall<Q, A>> calls;
  private final Supplier<Planned<Q>> requests;
  private final CallCounts counts;
  private final BiConsumer<CallCounts, A> countReply;
  private final Runnable whenOver;

  /* A call may end before next() has returned, on this thread or on another. If each end called
   * send() directly, the stack would grow without limit. So a thread that finds another one inside
   * of the loop of next() only counts a turn, and that other thread sends the call. */
  private final AtomicInteger turns = new AtomicInteger();

  private volatile @Nullable ClientCall<Q, A> underWay;
  private boolean counted;
  private boolean invented;
  private long startNanos;
  private @Nullable A reply;

  CallLoop(
      MeasurementWindow window,
      Function<Q, ClientCall<Q, A>> calls,
      Supplier<Planned<Q>> requests,
      CallCounts counts,
      BiConsumer<CallCounts, A> countReply,
      Runnable whenOver) {
    this.window = window;
    this.calls = calls;
    this.requests = requests;
    this.counts = counts;
    this.countReply = countReply;
    this.whenOver = whenOver;
  }

  /** Sends the first call, or the next one. Never blocks. */
  void next() {
    if (turns.getAndIncrement() != 0) {
      return;
    }
    do {
      nextCall();
    } while (turns.decrementAndGet() != 0);
  }

  private void nextCall() {
    MeasurementWindow.Phase phase = nextPhase();
    if (phase == MeasurementWindow.Phase.OVER) {
      whenOver.run();
      return;
    }
    boolean measured = phase == MeasurementWindow.Phase.MEASURED;
    long early = window.isOpenLoop() ? startNanos - System.nanoTime() : 0;
    if (early > 0) {
      CompletableFuture.delayedExecutor(early, TimeUnit.NANOSECONDS, Runnable::run)
          .execute(() -> send(measured));
    } else {
      send(measured);
    }
  }

  /** Takes the next call that is not too late, and counts those that are. */
  private MeasurementWindow.Phase nextPhase() {
    while (!window.isStopped()) {
      startNanos = window.due();
      MeasurementWindow.Phase phase = window.phase(startNanos);
      if (phase == MeasurementWindow.Phase.OVER || !window.isTooLate(System.nanoTime())) {
        return phase;
      }
      counts.addUnsentCall();
    }
    return MeasurementWindow.Phase.OVER;
  }

  private void send(boolean measured) {
    if (window.isStopped()) {
      whenOver.run();
      return;
    }
    counted = measured;
    invented = false;
    reply = null;
    counts.addStart();
    if (measured) {
      counts.addSentCall();
    }
    Planned<Q> request;
    try {
      // Only now, because an id counts as requested from here on.
      request = requests.get();
    } catch (IllegalArgumentException _) {
      end(Ending.DATA_DO_NOT_FIT);
      AFTER_A_PAUSE.execute(this::next);
      return;
    }
    invented = request.isInvented();
    ClientCall<Q, A> call = calls.apply(request.request());
    underWay = call;
    ClientCalls.asyncUnaryCall(call, request.request(), this);
  }

  /** Cancels the call that is under way, if there is one. */
  void cancel() {
    ClientCall<Q, A> call = underWay;
    if (call != null) {
      call.cancel("the load test was stopped", /* cause= */ null);
    }
  }

  @Override
  public void onNext(A received) {
    reply = received;
  }

  @Override
  public void onCompleted() {
    end(Ending.OK);
    next();
  }

  @Override
  public void onError(Throwable failure) {
    Ending ending = Ending.of(failure);
    end(ending);
    if (ending.code() == Code.UNAVAILABLE && !window.isOpenLoop()) {
      AFTER_A_PAUSE.execute(this::next);
      return;
    }
    next();
  }

  private void end(Ending ending) {
    long nanos = System.nanoTime() - startNanos;
    underWay = null;
    if (window.isStopped() && ending.code() == Code.CANCELLED) {
      counts.addCutOffCall();
    } else if (counted) {
      counts.addCall(ending, nanos, invented);
      if (ending.code() == Code.OK && reply != null) {
        countReply.accept(counts, reply);
      }
    } else {
      counts.addWarmUpCall();
    }
    counts.addEnd();
  }
}
