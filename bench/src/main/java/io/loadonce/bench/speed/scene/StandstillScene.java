package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.PausingServer;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.ClosedLoop;
import io.loadonce.bench.speed.drive.LoadTest;
import io.loadonce.commands.load.LatencyRecorder.Latencies;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What a load test reports of a server that stands still for 2 s of 20 s. A tenth of all calls are
 * due meanwhile, so one call in a hundred waits for 1.8 s or longer.
 *
 * <p>See Gil Tene, "How NOT to Measure Latency", on coordinated omission.
 */
final class StandstillScene implements Scene {

  private static final Duration WARM_UP = Duration.ofSeconds(2);
  private static final Duration TIME = Duration.ofSeconds(20);
  private static final Duration BEFORE = WARM_UP.plusSeconds(8);
  private static final Duration STANDSTILL = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(1);
  private static final double TRUE_P99_MILLIS = 1_800;

  private static final int RATE = 1_000;
  private static final int CALLERS = 10;

  /** Calls of 10 callers that are measured from the moment at which they were sent. */
  private static final int CALLS = RATE * (int) TIME.toSeconds();

  private StandstillScene() {}

  static Scene open(Lab lab) {
    return new StandstillScene();
  }

  @Override
  public void round(int number, Board board) throws IOException, InterruptedException {
    Latencies open = during(port -> load(port, load -> load.run(RATE, WARM_UP, TIME).latencies()));
    add(board, "open loop of ./loadonce load", open.p99Millis(), open.maxMillis());
    Latencies closed = during(port -> load(port, load -> load.latencies(CALLERS, WARM_UP, TIME)));
    add(board, "closed loop of ./loadonce load", closed.p99Millis(), closed.maxMillis());
    long[] sent = during(StandstillScene::fromSending);
    add(board, "from sending, 10 callers", sent[CALLS - CALLS / 100] / 1e6, sent[CALLS - 1] / 1e6);
    board.add(Figure.LOAD_STANDSTILL, open.p99Millis() / TRUE_P99_MILLIS);
  }

  @Override
  public void close() {}

  private interface Measurement<T> {
    T of(int port) throws InterruptedException;
  }

  private interface Run<T> {
    T of(LoadTest load) throws InterruptedException;
  }

  private static <T> T load(int port, Run<T> run) throws InterruptedException {
    try (LoadTest load = new LoadTest(port, /* connections= */ 2)) {
      return run.of(load);
    }
  }

  /** Measures a server of its own, which stands still meanwhile. */
  private static <T> T during(Measurement<T> measurement) throws IOException, InterruptedException {
    try (ServerProcess server = PausingServer.start(PAUSE);
        ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<T> result = thread.submit(() -> measurement.of(server.port()));
      TimeUnit.NANOSECONDS.sleep(BEFORE.toNanos());
      server.standStill(STANDSTILL);
      return result.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a measurement failed", e.getCause());
    }
  }

  /**
   * The same rate by callers who each wait for the reply, and measure from the moment at which they
   * send: most calls that are due while the server stands still are sent afterwards.
   */
  private static long[] fromSending(int port) throws InterruptedException {
    long[] nanos = new long[CALLS];
    AtomicInteger next = new AtomicInteger();
    long began = System.nanoTime() + WARM_UP.toNanos();
    try (ClosedLoop calls = new ClosedLoop(port, /* connections= */ 1);
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<?>> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        callers.add(
            threads.submit(
                () -> {
                  for (int call = next.getAndIncrement();
                      call < CALLS;
                      call = next.getAndIncrement()) {
                    parkUntil(began + call * TimeUnit.SECONDS.toNanos(1) / RATE);
                    long sent = System.nanoTime();
                    var _ = calls.get(1);
                    nanos[call] = System.nanoTime() - sent;
                  }
                }));
      }
      for (Future<?> caller : callers) {
        caller.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a call failed", e.getCause());
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static void parkUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void add(Board board, String driver, double p99Millis, double maxMillis) {
    board.add(turn("p99", driver), p99Millis);
    board.add(turn("longest", driver), maxMillis);
  }

  private static Board.Turn turn(String what, String driver) {
    return new Board.Turn(
        "server that stands still for 2 s of 20 s, " + what, "1 ms a call", driver, "ms");
  }
}
