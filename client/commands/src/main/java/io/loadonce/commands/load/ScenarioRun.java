package io.loadonce.commands.load;

import com.google.protobuf.util.Durations;
import io.loadonce.client.ResourceClient;
import io.loadonce.client.RowKey;
import io.loadonce.commands.load.RequestMix.Share;
import io.loadonce.commands.load.record.Series;
import io.loadonce.v1.Lookup;
import io.loadonce.v1.LookupInfo.Source;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** One run of a scenario, for one thread. */
public final class ScenarioRun {

  /** A time to live may be shorter by its jitter. */
  private static final double SHORTEST_TIME_TO_LIVE = 0.5;

  private final Scenario scenario;
  private final LoadPlan plan;
  private final List<ResourceClient> instances;
  private int invalidations;

  /**
   * Makes a run, whose plan is that of the scenario.
   *
   * @param instances one client for each instance that may load an id; one if it sends each id to
   *     its instance
   */
  public ScenarioRun(Scenario scenario, LoadPlan plan, List<ResourceClient> instances) {
    this.scenario = scenario;
    this.plan = plan;
    this.instances = List.copyOf(instances);
  }

  /**
   * Whether the server kept its promise.
   *
   * @param text for people
   */
  public record Verdict(boolean isPassed, String text) {}

  /**
   * Sends calls of the same kind, so that the code of both sides is compiled and all calls of the
   * scenario are under way at once; then removes all ids from the cache. Blocks.
   *
   * @param clients one for each connection of the plan
   * @param warmUp how long calls are sent; under 100 ms, none is
   * @throws io.loadonce.client.LoadonceException if the server does not invalidate
   */
  public void prepare(List<ResourceClient> clients, Duration warmUp) throws InterruptedException {
    if (warmUp.compareTo(LoadPlan.SHORTEST) >= 0) {
      LoadPlan calls = plan.lasting(warmUp);
      new LoadRun(clients, calls).run(_ -> {}, new Series(() -> null, _ -> {}));
    }
    invalidate();
  }

  private void invalidate() {
    Share share = plan.mix().shares().getFirst();
    List<RowKey> keys = share.ids().stream().map(id -> RowKey.of(share.lookup(), id)).toList();
    for (ResourceClient instance : instances) {
      for (int from = 0; from < keys.size(); from += ResourceClient.MAX_IDS_PER_CALL) {
        int to = Math.min(keys.size(), from + ResourceClient.MAX_IDS_PER_CALL);
        instance.invalidateKeys(keys.subList(from, to));
      }
    }
  }

  /** To be told which share of the load test is done, 0 to 1. Blocks when it is half way. */
  public void reached(double share) {
    if (share >= 0.5 && invalidations < scenario.invalidations()) {
      invalidations++;
      invalidate();
    }
  }

  /**
   * Compares what the server loaded with what it may load. Blocks to read the times to live.
   *
   * @throws io.loadonce.client.LoadonceException if the server does not tell its times to live
   */
  public Verdict verdict(LoadReport report) {
    LoadResult result = report.result();
    if (!(report.server() instanceof ServerCounters.Known(long queries, long loaded))) {
      return new Verdict(
          false, "%s: failed, because the queries of the server are not known".formatted(scenario));
    }
    long times = invalidations + periods(result.elapsed());
    long most = result.differentIds() * times * instances.size();
    long alone =
        result.sources().getOrDefault(Source.SOURCE_LOADED, 0L)
            + result.sources().getOrDefault(Source.SOURCE_JOINED, 0L)
            + result.notFoundAsPlanned();
    return new Verdict(
        loaded <= most,
        "%s: %s. The server loaded %s with %s; at most %s is right. Without load-once the same"
                .formatted(
                    scenario,
                    loaded <= most ? "passed" : "failed",
                    number(loaded, "id", "ids"),
                    number(queries, "query", "queries"),
                    String.format(Locale.ROOT, "%,d", most))
            + " calls would have cost %s: one for each call that found no row in the cache."
                .formatted(number(alone, "query", "queries")));
  }

  private static String number(long number, String one, String more) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : more);
  }

  /** In how many times to live the time lies, so that each id may be loaded so many times. */
  private long periods(Duration time) {
    String name = plan.mix().shares().getFirst().lookup();
    Lookup lookup =
        instances.getFirst().listLookups().stream()
            .filter(each -> each.getName().equals(name.isEmpty() ? "default" : name))
            .findFirst()
            .orElseGet(() -> instances.getFirst().listLookups().getFirst());
    long nanos =
        Durations.toNanos(
            scenario == Scenario.penetration
                ? lookup.getNegativeTimeToLive()
                : lookup.getTimeToLive());
    return nanos == 0 ? 1 : 1 + (long) (time.toNanos() / (nanos * SHORTEST_TIME_TO_LIVE));
  }
}
