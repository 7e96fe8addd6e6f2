package io.loadonce.commands.load;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.RejectionInversionZipfSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateDiscreteSampler;

/** How often each id is requested. */
public sealed interface IdDistribution {

  /** The first id only. */
  record Hot() implements IdDistribution {}

  /** All ids equally often. */
  record Uniform() implements IdDistribution {}

  /**
   * The first ids most: the k-th with a share in proportion to {@code 1 / k^exponent}.
   *
   * @param exponent more than 0, at most 10; measured request logs have 0.6 to 1.1
   */
  record Zipf(double exponent) implements IdDistribution {
    public Zipf {
      if (!(exponent > 0 && exponent <= 10)) {
        throw new IllegalArgumentException(
            "exponent is %s but must be more than 0 and at most 10".formatted(exponent));
      }
    }
  }

  /**
   * An endless sequence of ids. The same pool and a generator with the same seed make the same
   * sequence. Neither the sequence nor the generator is safe for use by two threads at once.
   */
  default Supplier<String> sequence(List<String> pool, SplittableRandom random) {
    return switch (this) {
      case Hot() -> pool::getFirst;
      case Uniform() -> () -> pool.get(random.nextInt(pool.size()));
      case Zipf(double exponent) -> {
        UniformRandomProvider bits = random::nextLong;
        SharedStateDiscreteSampler rank =
            RejectionInversionZipfSampler.of(bits, pool.size(), exponent);
        yield () -> pool.get(rank.sample() - 1);
      }
    };
  }
}
