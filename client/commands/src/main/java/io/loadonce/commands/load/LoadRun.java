package io.loadonce.commands.load;

import com.sun.management.OperatingSystemMXBean;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.loadonce.client.ResourceClient;
import io.loadonce.commands.load.record.Series;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** One run of a load test. Each caller stays on one connection, and so do its counts. */
public final class LoadRun {

  private static final long PROGRESS_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final List<Channel> connections;
  private final LoadPlan plan;
  private final List<CallCounts> counts;
  private final MeasurementWindow window;
  private final CountDownLatch callers;
  private final Series series;

  private LoadRun(List<Channel> connections, LoadPlan plan, Series series) {
    this.connections = connections;
    this.plan = plan;
    this.series = series;
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
   * @param series gets each second of the measurement when it has passed; empty before
   * @throws InterruptedException if interrupted; calls then continue until the clients are closed
   */
  public static LoadResult of(
      List<ResourceClient> clients, LoadPlan plan, DoubleConsumer progress, Series series)
      throws InterruptedException {
    return new LoadRun(clients.stream().map(ResourceClient::channel).toList(), plan, series)
        .run(progress);
  }

  private LoadResult run(DoubleConsumer progress) throws InterruptedException {
    start();
    await(window.measuredFromNanos(), progress);
    long cpuBefore = cpuNanos();
    long wallBefore = System.nanoTime();
    long secondNanos = window.measuredFromNanos();
    while (!callers.await(untilNextStep(secondNanos), TimeUnit.NANOSECONDS)) {
      progress.accept(window.progress(System.nanoTime()));
      if (System.nanoTime() - secondNanos >= SECOND_NANOS) {
        addToSeries(SECOND_NANOS);
        secondNanos += SECOND_NANOS;
      }
    }
    long end = System.nanoTime();
    addToSeries(Math.max(0, end - secondNanos));
    double cores = Runtime.getRuntime().availableProcessors();
    return new LoadResult(
        CallCounts.warmUpCalls(counts),
        CallCounts.unsentCalls(counts),
        Duration.ofNanos(end - window.measuredFromNanos()),
        LatencyRecorder.Latencies.of(series.succeeded()),
        LatencyRecorder.Latencies.of(series.failed()),
        CallCounts.statuses(counts),
        CallCounts.sources(counts),
        CallCounts.failedIds(counts),
        (cpuNanos() - cpuBefore) / (cores * Math.max(1, end - wallBefore)));
  }

  private static long untilNextStep(long secondNanos) {
    return Math.min(PROGRESS_EVERY_NANOS, secondNanos + SECOND_NANOS - System.nanoTime());
  }

  private void addToSeries(long nanos) {
    Map<String, Long> statuses = new TreeMap<>();
    CallCounts.statuses(counts).forEach((code, calls) -> statuses.put(code.name(), calls));
    series.add(
        nanos / 1e9,
        CallCounts.drainSucceeded(counts),
        CallCounts.drainFailed(counts),
        new Series.Counts(CallCounts.sentCalls(counts), CallCounts.unsentCalls(counts), statuses));
  }

  private void await(long untilNanos, DoubleConsumer progress) throws InterruptedException {
    long left = untilNanos - System.nanoTime();
    while (left > 0) {
      long step = Math.min(left, PROGRESS_EVERY_NANOS);
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
