package io.loadonce.client;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.RejectionInversionZipfSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateDiscreteSampler;

/** Which id a caller asks for next. */
sealed interface IdChoice {

  /** Always the first. */
  record Hot() implements IdChoice {}

  /** Each as often as the others. */
  record Uniform() implements IdChoice {}

  /**
   * The k-th with a share that falls as {@code 1 / k^exponent}.
   *
   * @param exponent more than 0, at most 10; measured request logs have 0.6 to 1.1
   */
  record Zipf(double exponent) implements IdChoice {
    public Zipf {
      if (!(exponent > 0 && exponent <= 10)) {
        throw new IllegalArgumentException(
            "exponent is %s but must be more than 0 and at most 10".formatted(exponent));
      }
    }
  }

  /**
   * An endless sequence of ids. The same pool and a generator of the same seed give the same ids.
   * The sequence is for one thread at a time, as the generator is.
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
