package io.loadonce.commands.load;

import com.google.protobuf.util.Durations;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ResourceClient;
import io.loadonce.client.RowKey;
import io.loadonce.commands.load.RequestMix.Share;
import io.loadonce.commands.load.record.RunRecord.Verdict;
import io.loadonce.commands.load.record.Series;
import io.loadonce.commands.text.DurationText;
import io.loadonce.v1.Lookup;
import io.loadonce.v1.LookupInfo.Source;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run of a scenario, for one thread. */
public final class ScenarioRun implements AutoCloseable {

  private final Scenario scenario;
  private final LoadPlan plan;
  private final List<ClientSettings> settings;

  /** One for each instance, since an invalidation may not reach the others. */
  private final List<ResourceClient> instances;

  private int invalidations;
  private @Nullable String whyNotInvalidated;
  private @Nullable InstanceWatch watch;
  private Duration longest = ChronoUnit.FOREVER.getDuration();

  /**
   * Makes a run, whose plan is that of the scenario.
   *
   * @param instances all of them, of which one may go away
   */
  public ScenarioRun(Scenario scenario, LoadPlan plan, List<ClientSettings> instances) {
    this.scenario = scenario;
    this.plan = plan;
    this.settings = List.copyOf(instances);
    this.instances = instances.stream().map(ResourceClient::open).toList();
  }

  /**
   * Sends calls of the same kind, so that the code of both sides is compiled and all calls of the
   * scenario are under way at once; then removes all ids from the cache. Blocks.
   *
   * @param clients one for each connection of the plan
   * @param warmUp how long calls are sent; under 100 ms, none is
   * @throws io.loadonce.client.LoadonceException if the server does not invalidate
   * @throws IllegalArgumentException with one line, if ids may expire before the end
   */
  public void prepare(List<ResourceClient> clients, Duration warmUp) throws InterruptedException {
    longest = longestWithoutExpiry();
    if (plan.length() instanceof LoadPlan.Length.Lasting(Duration time)
        && time.compareTo(longest) > 0) {
      throw new IllegalArgumentException(
          "duration is %s but must be at most %s with --scenario %s: half of the time to live"
              .formatted(DurationText.of(time), DurationText.of(longest), scenario));
    }
    if (warmUp.compareTo(LoadPlan.SHORTEST) >= 0) {
      LoadPlan calls = plan.lasting(warmUp);
      new LoadRun(clients, calls).run(_ -> {}, new Series(() -> null, _ -> {}));
    }
    invalidate();
    if (scenario == Scenario.failover) {
      watch = InstanceWatch.start(settings);
    }
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
      try {
        invalidate();
      } catch (LoadonceException e) {
        // The load test goes on, so that its reports are written.
        whyNotInvalidated = String.valueOf(e.getMessage());
      }
    }
  }

  /** Compares what the server loaded with what it may load. Blocks for 2 s at most. */
  public Verdict verdict(LoadReport report) throws InterruptedException {
    LoadResult result = report.result();
    String lost = "";
    if (watch != null) {
      watch.end();
      lost = watch.firstLost().orElse("");
    }
    if (scenario == Scenario.failover && lost.isEmpty()) {
      return failed("no instance went away: stop one of them meanwhile");
    }
    long loaded;
    String facts;
    if (scenario == Scenario.failover) {
      // What an instance has counted went away with it.
      loaded = result.sources().getOrDefault(Source.SOURCE_LOADED, 0L);
      facts =
          "%s went away. By their replies, the instances loaded %s"
              .formatted(lost, number(loaded, "id", "ids"));
    } else if (report.server() instanceof ServerCounters.Known known) {
      loaded = known.idsLoaded();
      facts =
          "The server loaded %s with %s"
              .formatted(number(loaded, "id", "ids"), number(known.queries(), "query", "queries"));
    } else {
      return failed("the queries of the server are not known");
    }
    Optional<String> whyFailed = whyFailed(result, loaded);
    if (whyFailed.isPresent()) {
      return failed(whyFailed.get());
    }
    long most = most(result);
    return new Verdict(
        loaded <= most,
        "%s: %s. %s; at most %s is right."
                .formatted(
                    scenario,
                    loaded <= most ? "passed" : "failed",
                    facts,
                    String.format(Locale.ROOT, "%,d", most))
            + alone(result));
  }

  private Optional<String> whyFailed(LoadResult result, long loaded) {
    if (result.succeeded() == 0 || result.succeeded() < result.due()) {
      return Optional.of(
          "%,d of %s failed or were not sent"
              .formatted(result.due() - result.succeeded(), number(result.due(), "call", "calls")));
    }
    if (whyNotInvalidated != null) {
      return Optional.of("the ids could not be invalidated half way: " + whyNotInvalidated);
    }
    if (!result.invalidations().reasons().isEmpty()) {
      return Optional.of("an invalidation failed");
    }
    if (loaded < result.differentIds()) {
      return Optional.of(
          "the server loaded %s, but %,d were requested: some were not cold, so not tested"
              .formatted(number(loaded, "id", "ids"), result.differentIds()));
    }
    if (scenario == Scenario.invalidate && loaded == result.differentIds()) {
      return Optional.of(
          "no id was loaded again after one of %s, so these were not tested"
              .formatted(number(invalidated(result), "invalidation", "invalidations")));
    }
    if (result.elapsed().compareTo(longest) > 0) {
      return Optional.of(
          "it took %s, and ids may expire after %s, which is half of the time to live"
              .formatted(
                  DurationText.of(result.elapsed().truncatedTo(ChronoUnit.MILLIS)),
                  DurationText.of(longest)));
    }
    return Optional.empty();
  }

  /** How many ids may be loaded. */
  private long most(LoadResult result) {
    long ids = result.differentIds();
    long instancesOfAnId = plan.affinity() == 0 ? instances.size() : plan.affinity();
    if (watch != null) {
      // Each time, ids get another instance, which loads them, too.
      return ids * (instancesOfAnId + watch.changes());
    }
    return (ids * (1 + invalidations) + invalidated(result)) * instancesOfAnId;
  }

  private static long invalidated(LoadResult result) {
    return result.invalidations().latencies().count();
  }

  private Verdict failed(String why) {
    return new Verdict(/* isPassed= */ false, "%s: failed, because %s".formatted(scenario, why));
  }

  /** What the calls would have cost; a cached "not found" looks like a load, so not for those. */
  private String alone(LoadResult result) {
    if (scenario == Scenario.penetration) {
      return "";
    }
    long queries =
        result.sources().getOrDefault(Source.SOURCE_LOADED, 0L)
            + result.sources().getOrDefault(Source.SOURCE_JOINED, 0L);
    return " Without load-once the same calls would have cost %s: one for each call that found no row in the cache."
        .formatted(number(queries, "query", "queries"));
  }

  private static String number(long number, String one, String more) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : more);
  }

  /**
   * For so long no entry expires: the jitter shortens a time to live by half at most. Blocks.
   *
   * @throws io.loadonce.client.LoadonceException if the server does not tell its times to live
   */
  private Duration longestWithoutExpiry() {
    String name = plan.mix().shares().getFirst().lookup();
    List<Lookup> lookups = instances.getFirst().listLookups();
    Lookup lookup =
        lookups.stream()
            .filter(each -> each.getName().equals(name.isEmpty() ? "default" : name))
            .findFirst()
            .orElseGet(lookups::getFirst);
    long nanos =
        Durations.toNanos(
            scenario == Scenario.penetration
                ? lookup.getNegativeTimeToLive()
                : lookup.getTimeToLive());
    return nanos == 0 ? longest : Duration.ofNanos(nanos / 2);
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
    instances.forEach(ResourceClient::close);
  }
}
