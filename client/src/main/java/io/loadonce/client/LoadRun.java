package io.loadonce.client;

import com.sun.management.OperatingSystemMXBean;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** One run of a load test. Each caller stays on one connection, so that its counts do too. */
final class LoadRun {

  private static final long PROGRESS_EVERY_MILLIS = 200;

  private final Connections connections;
  private final LoadPlan plan;
  private final List<Tally> tallies;
  private final LoadWindow window;
  private final CountDownLatch callers;

  private LoadRun(Connections connections, LoadPlan plan) {
    this.connections = connections;
    this.plan = plan;
    this.tallies = Stream.generate(Tally::new).limit(connections.size()).toList();
    this.window = new LoadWindow(plan, System.nanoTime());
    this.callers = new CountDownLatch(plan.callers());
  }

  /**
   * Runs the plan. Blocks until the last call has ended, so for the length of the plan and then a
   * deadline at most. The client must run its callbacks on the event loop to be worth its name.
   *
   * @param progress told several times a second how much of the way is behind, from 0 to 1
   * @throws InterruptedException if interrupted; calls under way then go on until the client is
   *     closed
   */
  static LoadResult of(ResourceClient client, LoadPlan plan, DoubleConsumer progress)
      throws InterruptedException {
    return new LoadRun(client.connections(), plan).run(progress);
  }

  private LoadResult run(DoubleConsumer progress) throws InterruptedException {
    start();
    await(window.countFromNanos(), progress);
    long cpuBefore = cpuNanos();
    long wallBefore = System.nanoTime();
    while (!callers.await(PROGRESS_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
      progress.accept(window.progress(System.nanoTime()));
    }
    long end = System.nanoTime();
    double cores = Runtime.getRuntime().availableProcessors();
    return new LoadResult(
        Tally.warmUpCalls(tallies),
        Duration.ofNanos(end - window.countFromNanos()),
        Tally.latencies(tallies),
        Tally.statuses(tallies),
        Tally.sources(tallies),
        Tally.failedIds(tallies),
        (cpuNanos() - cpuBefore) / (cores * Math.max(1, end - wallBefore)));
  }

  private void await(long untilNanos, DoubleConsumer progress) throws InterruptedException {
    long left = untilNanos - System.nanoTime();
    while (left > 0) {
      long step = Math.min(left, TimeUnit.MILLISECONDS.toNanos(PROGRESS_EVERY_MILLIS));
      if (callers.await(step, TimeUnit.NANOSECONDS)) {
        return;
      }
      progress.accept(window.progress(System.nanoTime()));
      left = untilNanos - System.nanoTime();
    }
  }

  private void start() {
    SplittableRandom random = new SplittableRandom(plan.seed());
    for (int i = 0; i < plan.callers(); i++) {
      Supplier<String> ids = plan.choice().sequence(plan.ids(), random.split());
      caller(i % tallies.size(), ids).ask();
    }
  }

  private Caller<?, ?> caller(int connection, Supplier<String> ids) {
    Tally tally = tallies.get(connection);
    if (plan.batch() == 1) {
      return new Caller<>(
          window,
          calls(connection, ResourceServiceGrpc.getGetMethod()),
          () -> GetRequest.newBuilder().setId(ids.get()).build(),
          tally,
          Tally::answer,
          callers::countDown);
    }
    return new Caller<>(
        window,
        calls(connection, ResourceServiceGrpc.getBatchGetMethod()),
        () -> batch(ids),
        tally,
        Tally::answer,
        callers::countDown);
  }

  private BatchGetRequest batch(Supplier<String> ids) {
    BatchGetRequest.Builder request = BatchGetRequest.newBuilder();
    for (int i = 0; i < plan.batch(); i++) {
      request.addIds(ids.get());
    }
    return request.build();
  }

  private <Q, A> Supplier<ClientCall<Q, A>> calls(int connection, MethodDescriptor<Q, A> method) {
    return () -> connections.newCall(connection, method, CallOptions.DEFAULT);
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
