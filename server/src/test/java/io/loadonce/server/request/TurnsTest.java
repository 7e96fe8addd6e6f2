package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.loadonce.server.request.Turns.Batch;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order in which an event loop runs batches. */
@Timeout(20)
class TurnsTest {

  private static final int LARGE = Turns.IDS_PER_TURN;
  private static final Object A = new Object();
  private static final Object B = new Object();

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop eventLoop = group.next();
  private final Turns turns = new Turns();
  private final List<String> ran = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void take_firstOfATurn_runsAtOnceAndTheOthersLater() throws Exception {
    onEventLoop(
        () -> {
          take(A, LARGE, "a1");
          take(A, LARGE, "a2");
          take(A, LARGE, "a3");
          assertThat(ran).containsExactly("a1");
        });

    awaitAll();
    assertThat(ran).containsExactly("a1", "a2", "a3");
  }

  @Test
  void take_twoConnections_takeTurns() throws Exception {
    onEventLoop(
        () -> {
          take(A, LARGE, "a1");
          take(A, LARGE, "a2");
          take(A, LARGE, "a3");
          take(B, LARGE, "b1");
        });

    awaitAll();
    assertThat(ran).containsExactly("a1", "a2", "b1", "a3");
  }

  @Test
  void take_smallBatches_shareATurn() throws Exception {
    onEventLoop(
        () -> {
          for (int i = 0; i < 5; i++) {
            take(A, LARGE / 10, "small");
          }
          assertThat(ran).hasSize(5);
        });
  }

  @Test
  void take_callHasEnded_doesNotRun() throws Exception {
    onEventLoop(
        () -> {
          take(A, LARGE, "a1");
          turns.take(new Batch(A, LARGE, () -> false, () -> ran.add("ended")), eventLoop);
          take(A, LARGE, "a2");
        });

    awaitAll();
    assertThat(ran).containsExactly("a1", "a2");
  }

  /** What arrives meanwhile is served between two turns. */
  @Test
  void turns_anotherTaskIsQueued_runsBeforeTheLastBatch() throws Exception {
    onEventLoop(
        () -> {
          for (int i = 0; i < 5; i++) {
            take(A, LARGE, "a");
          }
          eventLoop.execute(() -> ran.add("neighbour"));
        });

    awaitAll();
    assertThat(ran).hasSize(6);
    assertThat(ran.indexOf("neighbour")).isLessThan(3);
  }

  private void take(Object connection, int ids, String name) {
    BooleanSupplier always = () -> true;
    turns.take(new Batch(connection, ids, always, () -> ran.add(name)), eventLoop);
  }

  private void onEventLoop(Runnable task) throws Exception {
    eventLoop.submit(task).get();
  }

  /** Returns when no batch waits. */
  private void awaitAll() throws Exception {
    while (eventLoop.submit(turns::areWaiting).get()) {
      Thread.onSpinWait();
    }
  }
}
