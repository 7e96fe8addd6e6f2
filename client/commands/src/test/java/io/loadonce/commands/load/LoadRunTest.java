package io.loadonce.commands.load;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.grpc.Status.Code;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.FakeServer;
import io.loadonce.client.ResourceClient;
import io.loadonce.commands.load.record.Second;
import io.loadonce.commands.load.record.Series;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest.Strength;
import io.loadonce.v1.LookupInfo.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadRunTest {

  private final FakeServer server = new FakeServer();
  private final List<Second> seconds = new ArrayList<>();
  private final ClientSettings settings =
      ClientSettings.forTarget(server.target())
          .withMaxAttempts(1)
          .withCallbacks(ClientSettings.Callbacks.EVENT_LOOP);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void of_countedCalls_areTheCallsThatTheServerCounted() throws Exception {
    LoadResult result = run(settings, plan("1..100", 50, new LoadPlan.Length.Calls(5_000), 1));

    assertThat(result.calls()).isEqualTo(5_000);
    assertThat(result.statuses()).isEqualTo(Map.of(Code.OK, 5_000L));
    assertThat(result.sources()).isEqualTo(Map.of(Source.SOURCE_MEMORY, 5_000L));
    requireCountedOnce(result);
  }

  @Test
  void of_fewerCallsThanCallers_countsOnlyIdsThatWereSent() throws Exception {
    LoadResult result = run(settings, plan("1..100", 50, new LoadPlan.Length.Calls(3), 1));

    assertThat(server.requests).hasSize(3);
    assertThat(result.differentIds())
        .isEqualTo(server.requests.stream().map(GetRequest::getId).distinct().count());
  }

  @Test
  void of_lastingWithWarmUp_countsEachCallOnceInOneOfBoth() throws Exception {
    LoadPlan plan =
        new LoadPlan(
            mix("1..100", 1),
            20,
            3,
            /* rates= */ Optional.empty(),
            new LoadPlan.Length.Lasting(Duration.ofMillis(200)),
            /* invalidations= */ Optional.empty(),
            /* affinity= */ 0,
            Duration.ofMillis(200),
            1);

    LoadResult result = run(settings, plan);

    assertThat(result.warmUpCalls()).isPositive();
    assertThat(result.calls()).isPositive();
    assertThat(result.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    requireCountedOnce(result);
  }

  /** The planted bug: a client that sends calls again without saying so is a miscount. */
  @Test
  void of_callsAreRetriedBehindItsBack_isSeen() throws Exception {
    server.failuresFirst.set(3);

    LoadResult result =
        run(settings.withMaxAttempts(5), plan("1..9", 2, new LoadPlan.Length.Calls(100), 1));

    assertThatThrownBy(() -> requireCountedOnce(result)).isInstanceOf(AssertionError.class);
  }

  @Test
  void of_serverFailsAtFirst_countsTheFailures() throws Exception {
    server.failuresFirst.set(7);

    LoadResult result = run(settings, plan("1..9", 2, new LoadPlan.Length.Calls(100), 1));

    assertThat(result.statuses()).isEqualTo(Map.of(Code.OK, 93L, Code.UNAVAILABLE, 7L));
    assertThat(result.succeeded()).isEqualTo(93);
    assertThat(result.latencies().count()).isEqualTo(93);
    assertThat(result.failedLatencies().count()).isEqualTo(7);
    requireCountedOnce(result);
  }

  @Test
  void of_batchesWithMissingIds_countsEachId() throws Exception {
    LoadResult result = run(settings, plan("1,missing", 4, new LoadPlan.Length.Calls(50), 10));

    assertThat(server.batches).hasSize(50).allMatch(batch -> batch.size() == 10);
    long found = result.sources().getOrDefault(Source.SOURCE_MEMORY, 0L);
    long missing = result.failedIds().getOrDefault(Code.NOT_FOUND, 0L);
    assertThat(found + missing).isEqualTo(500);
    assertThat(missing)
        .isEqualTo(
            server.batches.stream().flatMap(Collection::stream).filter("missing"::equals).count());
  }

  @Test
  void of_serverIsSilent_endsAtTheDeadline() throws Exception {
    LoadResult result =
        run(
            settings.withDeadline(Duration.ofMillis(150)),
            plan("silent", 30, new LoadPlan.Length.Calls(30), 1));

    assertThat(result.statuses()).isEqualTo(Map.of(Code.DEADLINE_EXCEEDED, 30L));
    assertThat(result.failedLatencies().p50Millis()).isGreaterThanOrEqualTo(149);
    assertThat(result.latencies().count()).isZero();
  }

  /** One caller, a call every 10 ms, and none is answered before its deadline of 200 ms. */
  @Test
  void of_openLoopAndServerIsSilent_latencyCountsFromTheDueMoment() throws Exception {
    LoadPlan plan = openLoop("silent", 1, 100, Duration.ofMillis(500));

    LoadResult result = run(settings.withDeadline(Duration.ofMillis(200)), plan);

    assertThat(result.calls() + result.unsentCalls()).isEqualTo(50);
    assertThat(result.unsentCalls()).isGreaterThan(40);
    assertThat(result.failedLatencies().maxMillis()).isGreaterThan(350);
  }

  @Test
  void of_openLoop_sendsEachDueCallOnce() throws Exception {
    LoadResult result = run(settings, openLoop("1..9", 100, 500, Duration.ofSeconds(1)));

    assertThat(result.calls()).isEqualTo(500);
    assertThat(result.unsentCalls()).isZero();
    assertThat(result.elapsed()).isGreaterThan(Duration.ofMillis(990));
    assertThat(seconds.getFirst().sent()).isBetween(495L, 500L);
    requireCountedOnce(result);
  }

  @Test
  void of_planWithStepsAndWarmUp_sendsTheCallsOfEachStepAndOfTheWarmUp() throws Exception {
    Rates rates = RatesText.parse("100/s for 500ms, ramp to 500/s over 500ms, 0/s for 100ms");

    LoadResult result = run(settings, openLoop("1..9", 20, rates, Duration.ofMillis(300)));

    assertThat(result.calls() + result.unsentCalls()).isEqualTo(50 + 150);
    assertThat(result.warmUpCalls()).isEqualTo(30);
    requireCountedOnce(result);
  }

  private static LoadPlan openLoop(String ids, int callers, double rate, Duration time) {
    return openLoop(ids, callers, Rates.steady(rate + "/s", rate, time), Duration.ZERO);
  }

  private static LoadPlan openLoop(String ids, int callers, Rates rates, Duration warmUp) {
    return new LoadPlan(
        mix(ids, 1),
        callers,
        2,
        Optional.of(rates),
        new LoadPlan.Length.Lasting(rates.time()),
        /* invalidations= */ Optional.empty(),
        /* affinity= */ 0,
        warmUp,
        1);
  }

  @Test
  void of_tenThousandCallers_areAllServed() throws Exception {
    ClientSettings slow = settings.withDeadline(Duration.ofMinutes(1));
    LoadResult result = run(slow, plan("1..9", 10_000, new LoadPlan.Length.Calls(20_000), 1));

    assertThat(result.statuses()).isEqualTo(Map.of(Code.OK, 20_000L));
    requireCountedOnce(result);
  }

  @Test
  void of_noServer_endsAndCountsTheFailures() throws Exception {
    server.close();

    LoadResult result = run(settings, plan("1..9", 5, new LoadPlan.Length.Calls(20), 1));

    assertThat(result.statuses()).isEqualTo(Map.of(Code.UNAVAILABLE, 20L));
  }

  @Test
  void result_statusesAndLatenciesDiffer_isRefused() {
    var latencies = new LatencyRecorder.Latencies(10, 1, 1, 1, 1, 1);
    var none = new LatencyRecorder.Latencies(0, 0, 0, 0, 0, 0);

    assertThatThrownBy(
            () ->
                new LoadResult(
                    0,
                    0,
                    0,
                    Duration.ofSeconds(1),
                    latencies,
                    none,
                    Map.of(Code.OK, 9L),
                    0,
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    0,
                    new LoadResult.Invalidations(none, Map.of(), 0),
                    0))
        .hasMessage("9 calls have a status but 10 a latency");
  }

  @Test
  void of_serverGoesAwayHalfWay_countsItsCallsAndEnds() throws Exception {
    LoadPlan plan = openLoop("1..9", 20, 200, Duration.ofSeconds(1));

    LoadResult result = run(settings, plan, share -> closeAfter(0.4, share));

    // A call that the server was answering is reset, and gRPC reports that as CANCELLED.
    assertThat(result.statuses().keySet()).isSubsetOf(Code.OK, Code.UNAVAILABLE, Code.CANCELLED);
    assertThat(result.statuses()).containsKey(Code.OK);
    assertThat(result.reasons()).containsKey(new Ending(Code.UNAVAILABLE, ""));
    assertThat(result.calls() + result.unsentCalls()).isEqualTo(200);
  }

  private void closeAfter(double least, double share) {
    if (share >= least) {
      server.close();
    }
  }

  @Test
  void of_invalidations_areSentBesideAndCountedApart() throws Exception {
    LoadPlan reads = openLoop("1..9", 5, 100, Duration.ofSeconds(1));
    LoadPlan plan =
        new LoadPlan(
            reads.mix(),
            reads.callers(),
            reads.connections(),
            reads.rates(),
            reads.length(),
            Optional.of(new LoadPlan.Invalidations(20, Strength.STRENGTH_SEEN)),
            /* affinity= */ 0,
            Duration.ZERO,
            1);

    LoadResult result = run(settings, plan);

    assertThat(result.invalidations().latencies().count() + result.invalidations().unsent())
        .isBetween(18L, 21L);
    assertThat(server.invalidations)
        .hasSize((int) result.invalidations().latencies().count())
        .allMatch(each -> each.getStrength() == Strength.STRENGTH_SEEN);
    assertThat(result.calls() + result.unsentCalls()).isEqualTo(100);
    requireCountedOnce(result);
  }

  @Test
  void stop_callsAreUnderWay_cancelsThemAndKeepsTheCounts() throws Exception {
    LoadPlan plan =
        plan("1,silent", 4, new LoadPlan.Length.Lasting(Duration.ofHours(1)), /* batch= */ 1);
    AtomicReference<LoadRun> run = new AtomicReference<>();

    LoadResult result = run(settings.withDeadline(Duration.ofHours(1)), plan, run, _ -> stop(run));

    assertThat(result.cutOffCalls()).isEqualTo(4);
    assertThat(result.calls() + result.cutOffCalls()).isEqualTo(server.gets.get());
    assertThat(result.statuses().keySet()).isSubsetOf(Code.OK);
  }

  @Test
  void stop_openLoopAndNoCallerIsFree_countsTheDueCallsAsUnsent() throws Exception {
    LoadPlan plan = openLoop("silent", 4, 100, Duration.ofHours(1));
    AtomicReference<LoadRun> run = new AtomicReference<>();

    LoadResult result =
        run(
            settings.withDeadline(Duration.ofHours(1)),
            plan,
            run,
            _ -> {
              if (server.gets.get() == 4) {
                stop(run);
              }
            });

    assertThat(result.cutOffCalls()).isEqualTo(4);
    double due = result.elapsed().toNanos() / 1e9 * 100;
    assertThat(result.unsentCalls() + 4.0).isCloseTo(due, within(1.5));
  }

  private static void stop(AtomicReference<LoadRun> run) {
    requireNonNull(run.get()).stop();
  }

  @Test
  void of_affinity_sendsEachIdToOneInstance() throws Exception {
    try (FakeServer second = new FakeServer()) {
      LoadPlan plan =
          new LoadPlan(
              mix("1..50", 1),
              10,
              2,
              /* rates= */ Optional.empty(),
              new LoadPlan.Length.Calls(2_000),
              /* invalidations= */ Optional.empty(),
              /* affinity= */ 1,
              Duration.ZERO,
              1);
      ClientSettings both =
          ClientSettings.forTarget(server.target() + "," + second.target())
              .withMaxAttempts(1)
              .withCallbacks(ClientSettings.Callbacks.EVENT_LOOP)
              .withAffinity(1);

      LoadResult result = run(both, plan);

      assertThat(result.statuses()).isEqualTo(Map.of(Code.OK, 2_000L));
      assertThat(ids(server)).hasSizeBetween(5, 45).doesNotContainAnyElementsOf(ids(second));
      assertThat(result.differentIds()).isEqualTo(50);
    }
  }

  private static Set<String> ids(FakeServer server) {
    return server.requests.stream().map(GetRequest::getId).collect(Collectors.toSet());
  }

  private void requireCountedOnce(LoadResult result) {
    assertThat(result.warmUpCalls() + result.calls()).isEqualTo(server.gets.get());
    // A rest that was added to the second before comes with all calls of that second.
    Collection<Second> last =
        seconds.stream()
            .collect(toMap(Second::second, each -> each, (_, longer) -> longer))
            .values();
    assertThat(last.stream().mapToLong(Second::sent).sum()).isEqualTo(result.calls());
    assertThat(last.stream().mapToLong(Second::succeeded).sum()).isEqualTo(result.succeeded());
    assertThat(last.stream().mapToLong(Second::failed).sum()).isEqualTo(result.failed());
  }

  private static LoadPlan plan(String ids, int callers, LoadPlan.Length length, int batch) {
    return new LoadPlan(
        mix(ids, batch),
        callers,
        3,
        /* rates= */ Optional.empty(),
        length,
        /* invalidations= */ Optional.empty(),
        /* affinity= */ 0,
        Duration.ZERO,
        1);
  }

  private static RequestMix mix(String ids, int batch) {
    return RequestMix.of(IdPool.parse(ids), new IdDistribution.Uniform(), batch);
  }

  private LoadResult run(ClientSettings settings, LoadPlan plan) throws InterruptedException {
    return run(settings, plan, _ -> {});
  }

  private LoadResult run(ClientSettings settings, LoadPlan plan, DoubleConsumer progress)
      throws InterruptedException {
    return run(settings, plan, new AtomicReference<>(), progress);
  }

  private LoadResult run(
      ClientSettings settings,
      LoadPlan plan,
      AtomicReference<LoadRun> started,
      DoubleConsumer progress)
      throws InterruptedException {
    List<ResourceClient> clients =
        Stream.generate(() -> ResourceClient.open(settings)).limit(plan.connections()).toList();
    try {
      LoadRun run = new LoadRun(clients, plan);
      started.set(run);
      return run.run(progress, new Series(() -> null, seconds::add));
    } finally {
      clients.forEach(ResourceClient::close);
    }
  }
}
