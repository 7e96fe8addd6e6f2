package io.loadonce.commands.load;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.RejectionInversionZipfSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateDiscreteSampler;

/** How often each id is requested. An id is its position among the ids; 0 is the hottest. */
public sealed interface IdDistribution {

  /** The first id only. */
  record One() implements IdDistribution {}

  /** Each id in turn, over all callers together; after the last one comes the first one again. */
  record Sequential() implements IdDistribution {}

  /** All ids equally often. */
  record Uniform() implements IdDistribution {}

  /**
   * Few ids get most of the requests: each of them equally often, and so is each of the others.
   *
   * @param share of the requests that are for the hot ids; more than 0, less than 1
   * @param ids how many ids are hot, from the first on; 1 or more, and fewer than there are
   */
  record Hot(double share, int ids) implements IdDistribution {
    public Hot {
      if (!(share > 0 && share < 1) || ids < 1) {
        throw new IllegalArgumentException(
            "pick is hot:%s/%d but needs a share between 0 and 1, and 1 or more ids"
                .formatted(share, ids));
      }
    }
  }

  /**
   * The first ids most: the k-th with a share in proportion to {@code 1 / k^exponent}.
   *
   * @param exponent more than 0, at most 10; measured request logs have 0.6 to 1.1
   */
  record Zipf(double exponent) implements IdDistribution {
    public Zipf {
      if (!(exponent > 0 && exponent <= 10)) {
        throw new IllegalArgumentException(
            "pick is zipf:%s but the exponent must be more than 0 and at most 10"
                .formatted(exponent));
      }
    }
  }

  Pattern HOT = Pattern.compile("hot:(\\d{1,3}(?:\\.\\d{1,9})?)/(\\d{1,9})");
  Pattern ZIPF = Pattern.compile("zipf(?::(\\d{1,3}(?:\\.\\d{1,9})?))?");

  /**
   * Reads {@code one}, {@code sequential}, {@code uniform}, {@code zipf} with exponent 1, {@code
   * zipf:0.9}, or {@code hot:0.9/10}.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  static IdDistribution parse(String text) {
    Matcher hot = HOT.matcher(text);
    if (hot.matches()) {
      return new Hot(Double.parseDouble(hot.group(1)), Integer.parseInt(hot.group(2)));
    }
    Matcher zipf = ZIPF.matcher(text);
    if (zipf.matches()) {
      return new Zipf(zipf.group(1) == null ? 1 : Double.parseDouble(zipf.group(1)));
    }
    return switch (text) {
      case "one" -> new One();
      case "sequential" -> new Sequential();
      case "uniform" -> new Uniform();
      default ->
          throw new IllegalArgumentException(
              "pick is '%s' but must be one, sequential, uniform, zipf, zipf:EXPONENT or"
                      .formatted(text)
                  + " hot:SHARE/IDS such as hot:0.9/10");
    };
  }

  /**
   * Checks that there are enough ids.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  default void requireFits(int size) {
    if (this instanceof Hot(_, int ids) && ids >= size) {
      throw new IllegalArgumentException(
          "pick has %d hot ids but there are %d ids; there must be more".formatted(ids, size));
    }
  }

  /**
   * Begins a run over so many ids. The function makes the endless sequence of one caller: a
   * generator with the same seed makes the same sequence, but for {@link Sequential}, whose callers
   * share one. Neither a sequence nor its generator is safe for use by two threads at once.
   */
  default Function<SplittableRandom, IntSupplier> over(int size) {
    return switch (this) {
      case One() -> _ -> () -> 0;
      case Sequential() -> {
        AtomicLong next = new AtomicLong();
        yield _ -> () -> (int) (next.getAndIncrement() % size);
      }
      case Uniform() -> random -> () -> random.nextInt(size);
      case Hot(double share, int ids) ->
          random ->
              () -> random.nextDouble() < share ? random.nextInt(ids) : random.nextInt(ids, size);
      case Zipf(double exponent) ->
          random -> {
            UniformRandomProvider bits = random::nextLong;
            SharedStateDiscreteSampler rank =
                RejectionInversionZipfSampler.of(bits, size, exponent);
            return () -> rank.sample() - 1;
          };
    };
  }
}
