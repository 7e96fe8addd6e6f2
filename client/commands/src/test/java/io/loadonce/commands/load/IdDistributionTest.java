package io.loadonce.commands.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shares of all ids are compared with their formulas, by the chi-square test. */
class IdDistributionTest {

  private static final int IDS = 1_000;
  private static final int DRAWS = 200_000;

  /** By chance, one run in a million is further from the formula than so many deviations. */
  private static final double MOST_DEVIATIONS = 5.3;

  private final long seed = ThreadLocalRandom.current().nextLong();

  @Test
  void one_always_isTheFirstId() {
    assertThat(draw("one", seed, 100)).containsOnly(0);
  }

  @Test
  void sequential_twoCallers_shareOneOrder() {
    Function<SplittableRandom, IntSupplier> run = IdDistribution.parse("sequential").over(3);
    IntSupplier first = run.apply(new SplittableRandom(1));
    IntSupplier second = run.apply(new SplittableRandom(2));

    assertThat(List.of(first.getAsInt(), second.getAsInt(), second.getAsInt(), first.getAsInt()))
        .containsExactly(0, 1, 2, 0);
  }

  @Test
  void uniform_allIds_haveTheSameShare() {
    requireShares("uniform", _ -> 1.0 / IDS);
  }

  @ParameterizedTest
  @CsvSource({"zipf,1", "zipf:0.7,0.7", "zipf:1.3,1.3"})
  void zipf_allIds_haveTheSharesOfTheFormula(String text, double exponent) {
    requireShares(text, zipf(exponent));
  }

  @Test
  void hot_allIds_haveTheirShare() {
    requireShares("hot:0.9/10", position -> position < 10 ? 0.9 / 10 : 0.1 / (IDS - 10));
  }

  /** The planted bugs: a distribution that is a little different is found. */
  @Test
  void shares_ofAnotherDistribution_areSeen() {
    assertThatThrownBy(() -> requireShares("zipf:1.03", zipf(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed " + seed);
    assertThatThrownBy(
            () -> requireShares("hot:0.9/11", position -> position < 10 ? 0.9 / 10 : 0.1 / 990))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void over_sameSeed_isTheSame() {
    assertThat(draw("zipf:0.9", 7, 1_000)).isEqualTo(draw("zipf:0.9", 7, 1_000));
    assertThat(draw("zipf:0.9", 7, 1_000)).isNotEqualTo(draw("zipf:0.9", 8, 1_000));
    assertThat(IdDistribution.parse("zipf").over(1).apply(new SplittableRandom(7)).getAsInt())
        .isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cold      | pick is 'cold' but must be one, sequential, uniform, zipf, zipf:EXPONENT or hot:SHARE/IDS
          zipf:0    | pick is zipf:0.0 but the exponent must be more than 0 and at most 10
          zipf:11   | pick is zipf:11.0 but the exponent must be
          hot       | pick is 'hot' but must be
          hot:1/10  | pick is hot:1.0/10 but needs a share between 0 and 1, and 1 or more ids
          hot:0.5/0 | pick is hot:0.5/0 but needs
          """)
  void parse_wrong_saysWhatIsRight(String text, String said) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IdDistribution.parse(text))
        .withMessageStartingWith(said);
  }

  private static IntToDoubleFunction zipf(double exponent) {
    double sum = IntStream.rangeClosed(1, IDS).mapToDouble(k -> Math.pow(k, -exponent)).sum();
    return position -> Math.pow(position + 1.0, -exponent) / sum;
  }

  private void requireShares(String text, IntToDoubleFunction share) {
    int[] counts = new int[IDS];
    draw(text, seed, DRAWS).forEach(position -> counts[position]++);
    double chiSquare =
        IntStream.range(0, IDS)
            .mapToDouble(
                position -> {
                  double expected = share.applyAsDouble(position) * DRAWS;
                  return Math.pow(counts[position] - expected, 2) / expected;
                })
            .sum();
    double freedom = IDS - 1.0;
    assertThat((chiSquare - freedom) / Math.sqrt(2 * freedom))
        .as("deviations of chi-square for %s with seed %d", text, seed)
        .isLessThan(MOST_DEVIATIONS);
  }

  private static List<Integer> draw(String text, long seed, int draws) {
    IntSupplier positions = IdDistribution.parse(text).over(IDS).apply(new SplittableRandom(seed));
    return IntStream.generate(positions).limit(draws).boxed().toList();
  }
}
