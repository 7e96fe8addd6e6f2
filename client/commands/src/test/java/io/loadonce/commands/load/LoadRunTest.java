package io.loadonce.commands.load;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status.Code;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.FakeServer;
import io.loadonce.client.ResourceClient;
import io.loadonce.commands.load.record.Second;
import io.loadonce.commands.load.record.Series;
import io.loadonce.v1.LookupInfo.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  void of_lastingWithWarmUp_countsEachCallOnceInOneOfBoth() throws Exception {
    LoadPlan plan =
        new LoadPlan(
            /* lookup= */ "",
            IdPool.parse("1..100"),
            new IdDistribution.Uniform(),
            20,
            3,
            /* rates= */ Optional.empty(),
            new LoadPlan.Length.Lasting(Duration.ofMillis(200)),
            1,
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
        /* lookup= */ "",
        IdPool.parse(ids),
        new IdDistribution.Uniform(),
        callers,
        2,
        Optional.of(rates),
        new LoadPlan.Length.Lasting(rates.time()),
        1,
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
                    Duration.ofSeconds(1),
                    latencies,
                    none,
                    Map.of(Code.OK, 9L),
                    Map.of(),
                    Map.of(),
                    0))
        .hasMessage("9 calls have a status but 10 a latency");
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
    List<String> pool = IdPool.parse(ids);
    return new LoadPlan(
        /* lookup= */ "",
        pool,
        new IdDistribution.Uniform(),
        callers,
        3,
        /* rates= */ Optional.empty(),
        length,
        batch,
        Duration.ZERO,
        1);
  }

  private LoadResult run(ClientSettings settings, LoadPlan plan) throws InterruptedException {
    List<ResourceClient> clients =
        Stream.generate(() -> ResourceClient.open(settings)).limit(plan.connections()).toList();
    try {
      return LoadRun.of(clients, plan, _ -> {}, new Series(() -> null, seconds::add));
    } finally {
      clients.forEach(ResourceClient::close);
    }
  }
}
