package io.loadonce.server.request;

import io.grpc.Context;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.grpc.netty.shaded.io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one event loop take turns, so that no connection takes the event loop from the
 * others. In one turn the event loop looks up {@link #IDS_PER_TURN} ids of batches; then it serves
 * what has arrived on its other connections. The connections whose batches wait take turns too, a
 * batch each.
 *
 * <p>Only for the event loop that it belongs to, so it needs no lock.
 */
final class Turns {

  /** The ids of one batch of the largest size, which take less than a millisecond. */
  static final int IDS_PER_TURN = Reason.MAX_IDS;

  private static final ThreadLocal<Turns> OF_THIS_THREAD = ThreadLocal.withInitial(Turns::new);

  /**
   * @param line the connection; null in tests without a network
   * @param isAwaited whether the caller still waits
   */
  record Batch(@Nullable Object line, int ids, BooleanSupplier isAwaited, Runnable work) {}

  /** The batches of one connection, in the order of their arrival. */
  private record Line(@Nullable Object of, Deque<Batch> batches) {}

  /** In the order of their turns; none is empty. */
  private final Deque<Line> lines = new ArrayDeque<>();

  private int idsOfThisTurn;
  private boolean isNextTurnPlanned;

  /**
   * Runs the work of a batch now or in a later turn of its event loop, unless its call has ended.
   */
  static void take(UnaryCall<?> call, int ids, Runnable work) {
    Runnable guarded = () -> call.run(work);
    if (call.eventLoop() == ImmediateEventExecutor.INSTANCE) {
      guarded.run();
      return;
    }
    OF_THIS_THREAD
        .get()
        .take(new Batch(call.connection(), ids, call::isOpen, guarded), call.eventLoop());
  }

  void take(Batch batch, EventExecutor eventLoop) {
    planNextTurn(eventLoop);
    if (lines.isEmpty() && idsOfThisTurn < IDS_PER_TURN) {
      run(batch);
    } else {
      line(batch.line())
          .add(
              new Batch(
                  batch.line(),
                  batch.ids(),
                  batch.isAwaited(),
                  Context.current().wrap(batch.work())));
    }
  }

  /** A task that is due later runs after the event loop has looked at its connections. */
  private void planNextTurn(EventExecutor eventLoop) {
    if (!isNextTurnPlanned) {
      isNextTurnPlanned = true;
      var _ = eventLoop.schedule(() -> nextTurn(eventLoop), 1, TimeUnit.NANOSECONDS);
    }
  }

  private void nextTurn(EventExecutor eventLoop) {
    isNextTurnPlanned = false;
    idsOfThisTurn = 0;
    try {
      while (!lines.isEmpty() && idsOfThisTurn < IDS_PER_TURN) {
        Line line = lines.remove();
        Batch batch = line.batches().remove();
        if (!line.batches().isEmpty()) {
          lines.add(line);
        }
        run(batch);
      }
    } finally {
      if (idsOfThisTurn > 0) {
        planNextTurn(eventLoop);
      }
    }
  }

  /** For tests. */
  boolean areWaiting() {
    return !lines.isEmpty();
  }

  private void run(Batch batch) {
    if (batch.isAwaited().getAsBoolean()) {
      idsOfThisTurn += batch.ids();
      batch.work().run();
    }
  }

  @SuppressWarnings("ReferenceEquality") // a connection is itself only
  private Deque<Batch> line(@Nullable Object of) {
    for (Line line : lines) {
      if (line.of() == of) {
        return line.batches();
      }
    }
    Line added = new Line(of, new ArrayDeque<>());
    lines.add(added);
    return added.batches();
  }
}
