package io.loadonce.commands.load;

import com.sun.management.OperatingSystemMXBean;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.loadonce.client.ResourceClient;
import io.loadonce.client.RowKey;
import io.loadonce.commands.load.call.MethodCall;
import io.loadonce.commands.load.record.Series;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceStub;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** One run of a load test. Each caller stays on one connection, and so do its counts. */
public final class LoadRun {

  private static final long PROGRESS_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long STEP_MILLIS = 10;
  private static final long STOP_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final List<ResourceClient> clients;
  private final LoadPlan plan;
  private final Picks picks;
  private final List<CallCounts> counts;
  private final MeasurementWindow window;
  private final Optional<MeasurementWindow> invalidationWindow;
  private final CountDownLatch callers;
  private final CallCounts invalidationCounts = new CallCounts();
  private final long startNanos = System.nanoTime();
  private volatile boolean stopped;
  private final List<CallLoop<?, ?>> loops = new ArrayList<>();

  /**
   * Makes a run, which can be run once.
   *
   * @param clients one for each connection of the plan; their callbacks should run on the event
   *     loop, or the load test measures its own thread pool, too
   */
  public LoadRun(List<ResourceClient> clients, LoadPlan plan) {
    this.clients = List.copyOf(clients);
    this.plan = plan;
    this.picks = new Picks(plan.mix());
    this.counts = Stream.generate(CallCounts::new).limit(clients.size()).toList();
    this.window = new MeasurementWindow(plan.rates(), plan.length(), plan.warmUp(), startNanos);
    this.invalidationWindow =
        plan.invalidations().map(invalidations -> window.beside(invalidations.perSecond()));
    this.callers = new CountDownLatch(plan.callers());
  }

  /**
   * Runs the plan. Blocks until the last call has ended: for the length of the plan, and then for
   * the deadline of a call at most.
   *
   * @param progress is told several times a second which share of the load test is done, 0 to 1
   * @param series gets each second of the measurement when it has passed; empty before
   * @throws InterruptedException if interrupted; calls then continue until the clients are closed
   */
  public LoadResult run(DoubleConsumer progress, Series series) throws InterruptedException {
    start();
    await(window.measuredFromNanos(), progress);
    long cpuBefore = cpuNanos();
    long wallBefore = System.nanoTime();
    long secondNanos = window.measuredFromNanos();
    while (!callers.await(untilNextStep(secondNanos), TimeUnit.NANOSECONDS)) {
      progress.accept(window.progress(System.nanoTime()));
      if (System.nanoTime() - secondNanos >= SECOND_NANOS) {
        addTo(series, SECOND_NANOS);
        secondNanos += SECOND_NANOS;
      }
    }
    long end = System.nanoTime();
    awaitCallsUnderWay();
    addTo(series, Math.max(0, end - secondNanos));
    double cores = Runtime.getRuntime().availableProcessors();
    return new LoadResult(
        CallCounts.warmUpCalls(counts),
        CallCounts.unsentCalls(counts) + window.overdue(end),
        CallCounts.cutOffCalls(counts),
        Duration.ofNanos(Math.max(0, end - window.measuredFromNanos())),
        LatencyRecorder.Latencies.of(series.succeeded()),
        LatencyRecorder.Latencies.of(series.failed()),
        CallCounts.statuses(counts),
        CallCounts.notFoundAsPlanned(counts),
        CallCounts.reasons(counts),
        CallCounts.sources(counts),
        CallCounts.failedIds(counts),
        CallCounts.idReasons(counts),
        picks.differentIds(),
        new LoadResult.Invalidations(
            LatencyRecorder.Latencies.of(CallCounts.drainSucceeded(List.of(invalidationCounts))),
            CallCounts.reasons(List.of(invalidationCounts)),
            invalidationWindow.map(each -> each.overdue(end)).orElse(0L)),
        (cpuNanos() - cpuBefore) / (cores * Math.max(1, end - wallBefore)));
  }

  private static long untilNextStep(long secondNanos) {
    return Math.min(PROGRESS_EVERY_NANOS, secondNanos + SECOND_NANOS - System.nanoTime());
  }

  private void addTo(Series series, long nanos) {
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

  /**
   * Ends the run early: no call is sent any more, and those that do not end within a second are
   * cancelled and left out of the counts. {@link #run} then returns. Does not block; may be called
   * by any thread.
   */
  public void stop() {
    stopped = true;
    window.stop();
    LongStream.range(0, callers.getCount()).forEach(_ -> callers.countDown());
  }

  private void awaitCallsUnderWay() throws InterruptedException {
    window.stop();
    List<CallCounts> all = Stream.concat(counts.stream(), Stream.of(invalidationCounts)).toList();
    long stopAtNanos = System.nanoTime() + STOP_NANOS;
    while (CallCounts.underWay(all) > 0) {
      long lateNanos = System.nanoTime() - stopAtNanos;
      if (stopped && lateNanos > 0) {
        loops.forEach(CallLoop::cancel);
      }
      if (stopped && lateNanos > STOP_NANOS) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
    }
  }

  private void start() {
    SplittableRandom random = new SplittableRandom(plan.seed());
    for (int i = 0; i < plan.callers(); i++) {
      loops.add(caller(i % clients.size(), picks.picker(random.split())));
    }
    invalidationWindow.ifPresent(
        due -> {
          LoadPlan.Invalidations invalidations = plan.invalidations().orElseThrow();
          for (int i = 0; i < invalidations.callers(); i++) {
            Picker picker = picks.picker(random.split());
            loops.add(invalidator(i % clients.size(), due, invalidations, picker));
          }
        });
    loops.forEach(CallLoop::next);
  }

  private CallLoop<?, ?> caller(int connection, Picker picker) {
    MethodCall call = plan.mix().call();
    if (call != null) {
      Channel channel = clients.get(connection).channel();
      return new CallLoop<>(
          window,
          _ -> channel.newCall(call.method(), CallOptions.DEFAULT),
          () -> picker.message(call.message()),
          counts.get(connection),
          (_, _) -> {},
          callers::countDown);
    }
    if (plan.mix().batch() == 1) {
      return new CallLoop<>(
          window,
          calls(
              connection,
              ResourceServiceGrpc.getGetMethod(),
              request -> RowKey.of(request.getLookup(), request.getId())),
          picker::get,
          counts.get(connection),
          CallCounts::addReply,
          callers::countDown);
    }
    return new CallLoop<>(
        window,
        calls(
            connection,
            ResourceServiceGrpc.getBatchGetMethod(),
            request -> RowKey.of(request.getLookup(), request.getIds(0))),
        picker::batch,
        counts.get(connection),
        CallCounts::addReply,
        callers::countDown);
  }

  private CallLoop<?, ?> invalidator(
      int connection, MeasurementWindow due, LoadPlan.Invalidations invalidations, Picker picker) {
    return new CallLoop<>(
        due,
        calls(
            connection,
            ResourceServiceGrpc.getInvalidateMethod(),
            request -> RowKey.of(request.getLookup(), request.getIds(0))),
        () -> picker.invalidate(invalidations.strength()),
        invalidationCounts,
        (_, _) -> {},
        () -> {});
  }

  /** Makes the calls of one caller; with affinity, each goes to an instance of its row. */
  private <Q, A> Function<Q, ClientCall<Q, A>> calls(
      int connection, MethodDescriptor<Q, A> method, Function<Q, RowKey> row) {
    ResourceClient client = clients.get(connection);
    Channel channel = client.channel();
    if (plan.affinity() == 0) {
      return _ -> channel.newCall(method, CallOptions.DEFAULT);
    }
    ResourceServiceStub stub = ResourceServiceGrpc.newStub(channel);
    return request ->
        channel.newCall(method, client.route(stub, row.apply(request)).getCallOptions());
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
