package io.loadonce.commands.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdDistributionTest {

  private static final List<String> THOUSAND = IdPool.parse("1..1000");
  private static final int DRAWS = 100_000;

  @Test
  void sequence_hot_isTheFirstIdOnly() {
    assertThat(Set.copyOf(draw(new IdDistribution.Hot(), 7, 100))).containsExactly("1");
  }

  @Test
  void sequence_uniform_givesEveryIdAboutEquallyOften() {
    List<String> drawn = draw(new IdDistribution.Uniform(), 7, DRAWS);

    assertThat(new HashSet<>(drawn)).hasSize(1_000);
    assertThat(share(drawn, "1")).isCloseTo(0.001, within(0.0005));
  }

  @Test
  void sequence_zipf_hasTheSkewOfItsExponent() {
    requireZipf(draw(new IdDistribution.Zipf(1), 7, DRAWS));
  }

  /** The planted bug: another skew must not pass for it. */
  @Test
  void sequence_uniformPassedOffAsZipf_isSeen() {
    assertThatThrownBy(() -> requireZipf(draw(new IdDistribution.Uniform(), 7, DRAWS)))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> requireZipf(draw(new IdDistribution.Zipf(1.2), 7, DRAWS)))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void sequence_sameSeed_isTheSame() {
    IdDistribution zipf = new IdDistribution.Zipf(0.9);

    assertThat(draw(zipf, 7, 1_000)).isEqualTo(draw(zipf, 7, 1_000));
    assertThat(draw(zipf, 7, 1_000)).isNotEqualTo(draw(zipf, 8, 1_000));
  }

  @Test
  void sequence_oneIdOnly_isThatId() {
    assertThat(draw(new IdDistribution.Zipf(1), 7, 10)).isNotEmpty();
    Supplier<String> only =
        new IdDistribution.Zipf(1).sequence(List.of("x"), new SplittableRandom(7));
    assertThat(only.get()).isEqualTo("x");
  }

  @Test
  void zipf_exponentIsNotPositive_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new IdDistribution.Zipf(0));
    assertThatIllegalArgumentException().isThrownBy(() -> new IdDistribution.Zipf(Double.NaN));
  }

  /** With exponent 1 over 1,000 ids the k-th has the share 1 / (k * 7.4855). */
  private static void requireZipf(List<String> drawn) {
    assertThat(share(drawn, "1")).isCloseTo(0.1336, within(0.004));
    assertThat(share(drawn, "2")).isCloseTo(0.0668, within(0.003));
    assertThat(share(drawn, "10")).isCloseTo(0.01336, within(0.0015));
  }

  private static double share(List<String> drawn, String id) {
    return (double) drawn.stream().filter(id::equals).count() / drawn.size();
  }

  private static List<String> draw(IdDistribution choice, long seed, int draws) {
    return Stream.generate(choice.sequence(THOUSAND, new SplittableRandom(seed)))
        .limit(draws)
        .toList();
  }
}
