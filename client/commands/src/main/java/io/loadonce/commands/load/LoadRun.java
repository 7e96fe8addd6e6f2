package io.loadonce.commands.load;

import com.sun.management.OperatingSystemMXBean;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.loadonce.client.ResourceClient;
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

/** One run of a load test. Each caller stays on one connection, and so do its counts. */
public final class LoadRun {

  private static final long PROGRESS_EVERY_MILLIS = 200;

  private final List<Channel> connections;
  private final LoadPlan plan;
  private final List<CallCounts> counts;
  private final MeasurementWindow window;
  private final CountDownLatch callers;

  private LoadRun(List<Channel> connections, LoadPlan plan) {
    this.connections = connections;
    this.plan = plan;
    this.counts = Stream.generate(CallCounts::new).limit(connections.size()).toList();
    this.window = new MeasurementWindow(plan, System.nanoTime());
    this.callers = new CountDownLatch(plan.callers());
  }

  /**
   * Runs the plan. Blocks until the last call has ended: for the length of the plan, and then for
   * the deadline of a call at most.
   *
   * @param clients one for each connection of the plan; their callbacks should run on the event
   *     loop, or the load test measures its own thread pool, too
   * @param progress is told several times a second which share of the load test is done, 0 to 1
   * @throws InterruptedException if interrupted; calls then continue until the clients are closed
   */
  public static LoadResult of(List<ResourceClient> clients, LoadPlan plan, DoubleConsumer progress)
      throws InterruptedException {
    return new LoadRun(clients.stream().map(ResourceClient::channel).toList(), plan).run(progress);
  }

  private LoadResult run(DoubleConsumer progress) throws InterruptedException {
    start();
    await(window.measuredFromNanos(), progress);
    long cpuBefore = cpuNanos();
    long wallBefore = System.nanoTime();
    while (!callers.await(PROGRESS_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
      progress.accept(window.progress(System.nanoTime()));
    }
    long end = System.nanoTime();
    double cores = Runtime.getRuntime().availableProcessors();
    return new LoadResult(
        CallCounts.warmUpCalls(counts),
        CallCounts.unsentCalls(counts),
        Duration.ofNanos(end - window.measuredFromNanos()),
        CallCounts.succeeded(counts),
        CallCounts.failed(counts),
        CallCounts.statuses(counts),
        CallCounts.sources(counts),
        CallCounts.failedIds(counts),
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
      Supplier<String> ids = plan.distribution().sequence(plan.ids(), random.split());
      caller(i % connections.size(), ids).next();
    }
  }

  private CallLoop<?, ?> caller(int connection, Supplier<String> ids) {
    if (plan.batch() == 1) {
      return new CallLoop<>(
          window,
          calls(connection, ResourceServiceGrpc.getGetMethod()),
          () -> GetRequest.newBuilder().setLookup(plan.lookup()).setId(ids.get()).build(),
          counts.get(connection),
          CallCounts::addReply,
          callers::countDown);
    }
    return new CallLoop<>(
        window,
        calls(connection, ResourceServiceGrpc.getBatchGetMethod()),
        () -> batch(ids),
        counts.get(connection),
        CallCounts::addReply,
        callers::countDown);
  }

  private BatchGetRequest batch(Supplier<String> ids) {
    BatchGetRequest.Builder request = BatchGetRequest.newBuilder().setLookup(plan.lookup());
    for (int i = 0; i < plan.batch(); i++) {
      request.addIds(ids.get());
    }
    return request.build();
  }

  private <Q, A> Supplier<ClientCall<Q, A>> calls(int connection, MethodDescriptor<Q, A> method) {
    return () -> connections.get(connection).newCall(method, CallOptions.DEFAULT);
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
