package io.loadonce.commands.load;

import io.loadonce.commands.load.RequestMix.Share;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.IntSupplier;

/** What the callers of one run have requested, together. Safe for use by many threads. */
final class Picks {

  /** The ids of one lookup. */
  record Pool(Share share, Function<SplittableRandom, IntSupplier> positions, RequestedIds used) {}

  private final RequestMix mix;
  private final List<Pool> pools;
  private final LongAdder inventedIds = new LongAdder();
  private final AtomicLong sequence = new AtomicLong();

  Picks(RequestMix mix) {
    this.mix = mix;
    this.pools =
        mix.shares().stream()
            .map(
                share ->
                    new Pool(
                        share,
                        mix.distribution().over(share.ids().size()),
                        new RequestedIds(share.ids().size())))
            .toList();
  }

  /** Makes the requests of one caller. */
  Picker picker(SplittableRandom random) {
    return new Picker(mix, pools, inventedIds, sequence, random);
  }

  /** How many different ids were requested; each invented id counts as another one. */
  long differentIds() {
    return inventedIds.sum() + pools.stream().mapToLong(pool -> pool.used().count()).sum();
  }
}
