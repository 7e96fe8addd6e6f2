package io.loadonce.commands.load;

import io.loadonce.commands.load.RequestMix.Share;
import io.loadonce.v1.InvalidateRequest.Strength;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A load test of one kind of trouble that a database has with a cache in front of it. All of them
 * begin with ids that are not cached, because they are invalidated first.
 */
public enum Scenario {
  /** All callers request the first id at once. */
  herd,
  /** All callers request all ids, each id many times. */
  storm,
  /** As a storm that lasts; half way all ids are invalidated at once. */
  avalanche,
  /** As a storm, of ids that do not exist. */
  penetration,
  /** The first ids most, for the length of the load test. */
  steady,
  /** All ids, for the length of the load test, while ids are invalidated at a fixed rate. */
  invalidate,
  /** All ids, for the length of the load test, in which somebody stops an instance. */
  failover;

  private static final int CALLS_PER_ID = 20;
  private static final int MOST_IDS = 100_000;
  private static final LoadPlan.Invalidations INVALIDATIONS =
      new LoadPlan.Invalidations(20, Strength.STRENGTH_SENT);

  /**
   * The plan of this scenario.
   *
   * @param flags has the lookup, the ids, the callers, the length and the seed
   * @throws IllegalArgumentException with one line, if there are several lookups or too many ids,
   *     or if failed calls have no other instance
   */
  public LoadPlan plan(LoadPlan flags) {
    if (this != invalidate && flags.invalidations().isPresent()) {
      throw new IllegalArgumentException(
          "--invalidate is for --scenario invalidate; set it without --scenario " + this);
    }
    if (this == failover && flags.affinity() == 0) {
      throw new IllegalArgumentException(
          "--scenario failover needs --affinity 1, or more: then a call whose instance is lost goes"
              + " to the next one");
    }
    if (flags.mix().shares().size() > 1) {
      throw new IllegalArgumentException("--scenario needs one --lookup");
    }
    Share share = flags.mix().shares().getFirst();
    if (share.ids().size() > MOST_IDS) {
      throw new IllegalArgumentException(
          "--scenario invalidates all ids first; there are %d but may be %d at most"
              .formatted(share.ids().size(), MOST_IDS));
    }
    IdDistribution distribution =
        switch (this) {
          case herd -> new IdDistribution.One();
          case storm, avalanche, penetration, invalidate, failover -> new IdDistribution.Uniform();
          case steady -> new IdDistribution.Zipf(1);
        };
    long many = (long) CALLS_PER_ID * Math.max(flags.callers(), share.ids().size());
    LoadPlan.Length length =
        switch (this) {
          case herd -> new LoadPlan.Length.Calls(flags.callers());
          case storm, penetration -> new LoadPlan.Length.Calls(many);
          case avalanche, steady, invalidate, failover -> flags.length();
        };
    return new LoadPlan(
        new RequestMix(
            List.of(this == penetration ? invented(share, flags.seed()) : distinct(share)),
            distribution,
            /* missing= */ 0,
            /* batch= */ 1,
            null,
            null,
            null),
        flags.callers(),
        flags.connections(),
        /* rates= */ Optional.empty(),
        length,
        this == invalidate
            ? Optional.of(flags.invalidations().orElse(INVALIDATIONS))
            : Optional.empty(),
        flags.affinity(),
        /* warmUp= */ Duration.ZERO,
        flags.seed());
  }

  /** How many times all ids are invalidated while the load test runs. */
  int invalidations() {
    return this == avalanche ? 1 : 0;
  }

  private static Share distinct(Share share) {
    return new Share(share.lookup(), share.weight(), share.ids().stream().distinct().toList());
  }

  private static Share invented(Share share, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    // No id twice, because each has to be loaded.
    Set<String> ids = new LinkedHashSet<>();
    for (int i = 0; ids.size() < share.ids().size(); i++) {
      ids.add(Picker.invented(share.ids().get(i % share.ids().size()), random));
    }
    return new Share(share.lookup(), share.weight(), List.copyOf(ids), /* isInvented= */ true);
  }
}
