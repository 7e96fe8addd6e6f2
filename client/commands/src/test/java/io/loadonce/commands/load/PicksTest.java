package io.loadonce.commands.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.util.Durations;
import io.loadonce.commands.load.Picker.Planned;
import io.loadonce.commands.load.RequestMix.Share;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest.Strength;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PicksTest {

  private static final IdDistribution UNIFORM = new IdDistribution.Uniform();

  @Test
  void get_lookupsWithWeights_haveTheirShares() {
    Picks picks =
        new Picks(mix(0, new Share("a", 3, IdPool.parse("1..9")), new Share("b", 1, List.of("x"))));

    List<GetRequest> requests = gets(picks, 20_000).map(Planned::request).toList();

    assertThat(requests.stream().filter(each -> each.getLookup().equals("a")).count() / 20_000.0)
        .isCloseTo(0.75, within(0.02));
    assertThat(requests)
        .allMatch(each -> each.getLookup().equals("b") == each.getId().equals("x"))
        .noneMatch(each -> each.hasMaxAge() || each.hasMinVersion());
    assertThat(picks.differentIds()).isEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          7                                    | -\\d{1,10}
          -7                                   | -\\d{1,10}
          00000000-0000-0000-0000-00000000000A | [0-9a-f-]{36}
          A-1                                  | missing-[0-9a-f]{16}
          """)
  void get_missing_inventsIdsOfTheSameForm(String id, String form) {
    Picks picks = new Picks(mix(0.1, new Share("", 1, List.of(id))));

    List<Planned<GetRequest>> requests = gets(picks, 20_000).toList();

    List<String> invented =
        requests.stream().filter(Planned::isInvented).map(each -> each.request().getId()).toList();
    assertThat(invented.size() / 20_000.0).isCloseTo(0.1, within(0.02));
    assertThat(invented).allMatch(each -> each.matches(form)).doesNotContain(id);
    assertThat(requests)
        .filteredOn(each -> !each.isInvented())
        .allMatch(each -> each.request().getId().equals(id));
    assertThat(picks.differentIds()).isEqualTo(1L + invented.size());
  }

  @Test
  void requests_options_areInEachOfThem() {
    RequestMix mix =
        new RequestMix(
            List.of(new Share("a", 1, IdPool.parse("1..9"))),
            UNIFORM,
            /* missing= */ 0,
            5,
            7L,
            Duration.ofMillis(1_500),
            /* call= */ null);
    Picker picker = new Picks(mix).picker(new SplittableRandom(1));

    GetRequest get = picker.get().request();
    BatchGetRequest batch = picker.batch().request();

    assertThat(get.getMinVersion()).isEqualTo(7);
    assertThat(get.getMaxAge()).isEqualTo(Durations.fromMillis(1_500));
    assertThat(batch.getMinVersion()).isEqualTo(7);
    assertThat(batch.getMaxAge()).isEqualTo(Durations.fromMillis(1_500));
    assertThat(batch.getLookup()).isEqualTo("a");
    assertThat(batch.getIdsList()).hasSize(5);
    assertThat(picker.invalidate(Strength.STRENGTH_SEEN).request())
        .matches(each -> each.getStrength() == Strength.STRENGTH_SEEN)
        .matches(each -> each.getIdsCount() == 1 && each.getLookup().equals("a"));
  }

  @Test
  void differentIds_largePool_countsEachOnce() {
    RequestMix mix = RequestMix.of(IdPool.parse("1..200"), new IdDistribution.Sequential(), 1);
    Picks picks = new Picks(mix);

    assertThat(gets(picks, 150).count()).isEqualTo(150);
    assertThat(picks.differentIds()).isEqualTo(150);
    assertThat(gets(picks, 150).count()).isEqualTo(150);
    assertThat(picks.differentIds()).isEqualTo(200);
  }

  @Test
  void mix_moreHotIdsThanIds_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> RequestMix.of(IdPool.parse("1..10"), IdDistribution.parse("hot:0.9/10"), 1))
        .withMessage("pick has 10 hot ids but there are 10 ids; there must be more");
  }

  private static RequestMix mix(double missing, Share... shares) {
    return new RequestMix(List.of(shares), UNIFORM, missing, 1, null, null, null);
  }

  private static Stream<Planned<GetRequest>> gets(Picks picks, int count) {
    return Stream.generate(picks.picker(new SplittableRandom(7))::get).limit(count);
  }
}
