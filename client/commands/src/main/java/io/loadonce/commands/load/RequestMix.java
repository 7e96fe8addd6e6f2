package io.loadonce.commands.load;

import io.loadonce.client.ResourceClient;
import io.loadonce.commands.load.call.MethodCall;
import io.loadonce.commands.text.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of a load test request.
 *
 * @param shares the lookups; 1 or more
 * @param distribution how often each id of a lookup is requested
 * @param missing the share of the ids that are invented, 0 to 1
 * @param batch how many ids a call has; 1 is Get, 2 to 1,000 is BatchGet, all of one lookup
 * @param minVersion the lowest version that is accepted; null for any
 * @param maxAge the oldest entry that is accepted, 0 s to 365 days; null for any
 * @param call the method that is called in place of Get and BatchGet; null for none
 */
public record RequestMix(
    List<Share> shares,
    IdDistribution distribution,
    double missing,
    int batch,
    @Nullable Long minVersion,
    @Nullable Duration maxAge,
    @Nullable MethodCall call) {

  private static final int HIGHEST_WEIGHT = 1_000_000;
  private static final Duration OLDEST = Duration.ofDays(365);

  /**
   * One lookup.
   *
   * @param lookup its name; empty for the one called default, or the only one of the server
   * @param weight how many calls it gets, in proportion to the other lookups; 1 to 1,000,000
   * @param ids its ids, the hottest first; 1 or more
   * @param isInvented whether the ids are invented, so that the lookup has no row for them
   */
  public record Share(String lookup, int weight, List<String> ids, boolean isInvented) {

    /** A lookup whose ids are not invented. */
    public Share(String lookup, int weight, List<String> ids) {
      this(lookup, weight, ids, /* isInvented= */ false);
    }

    /** Rejects values out of their limits, with one line that says what would be right. */
    public Share {
      if (weight < 1 || weight > HIGHEST_WEIGHT) {
        throw new IllegalArgumentException(
            "weight of lookup %s is %d but must be from 1 to %d"
                .formatted(lookup, weight, HIGHEST_WEIGHT));
      }
      if (ids.isEmpty()) {
        throw new IllegalArgumentException("there are no ids to request");
      }
    }
  }

  /** Rejects values out of their limits, with one line that says what would be right. */
  public RequestMix {
    shares = List.copyOf(shares);
    if (shares.isEmpty()) {
      throw new IllegalArgumentException("there is no lookup to request from");
    }
    shares.forEach(share -> distribution.requireFits(share.ids().size()));
    if (!(missing >= 0 && missing <= 1)) {
      throw new IllegalArgumentException(
          "missing is %s but must be a share from 0%% to 100%%".formatted(missing));
    }
    if (batch < 1 || batch > ResourceClient.MAX_IDS_PER_CALL) {
      throw new IllegalArgumentException(
          "batch is %d but must be from 1 to %d".formatted(batch, ResourceClient.MAX_IDS_PER_CALL));
    }
    if (maxAge != null && (maxAge.isNegative() || maxAge.compareTo(OLDEST) > 0)) {
      throw new IllegalArgumentException(
          "max-age is %s but must be from 0s to %s"
              .formatted(DurationText.of(maxAge), DurationText.of(OLDEST)));
    }
    if (call != null) {
      List<String> ids = shares.getFirst().ids();
      call.message().requireFits(ids);
      if (missing > 0) {
        String invented = Picker.invented(ids.getFirst(), new SplittableRandom());
        call.message().requireFits(List.of(invented));
      }
    }
  }

  /** Ids of the lookup called default, or of the only one, each as old as the server allows. */
  public static RequestMix of(List<String> ids, IdDistribution distribution, int batch) {
    return new RequestMix(
        List.of(new Share("", 1, ids)), distribution, /* missing= */ 0, batch, null, null, null);
  }
}
