package io.loadonce.commands.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatesTest {

  @Test
  void dueNanos_steady_isEvenlySpaced() {
    Rates rates = RatesText.parse("100/s for 2s");

    assertThat(LongStream.of(0, 1, 150, 199, 200, 999).map(call -> dueMillis(rates, call)))
        .containsExactly(0L, 10L, 1_500L, 1_990L, 2_000L, 2_000L);
  }

  @Test
  void dueNanos_stepsAndRamps_haveTheCallsOfTheirArea() {
    Rates rates =
        RatesText.parse("ramp to 100/s over 10s, 0/s for 1s,100/s for 1s, ramp to 0/s over 2s");

    assertThat(rates.time()).isEqualTo(Duration.ofSeconds(14));
    assertThat(LongStream.of(0, 125, 499, 500, 550, 600, 675).map(call -> dueMillis(rates, call)))
        .containsExactly(0L, 5_000L, 9_989L, 11_000L, 11_500L, 12_000L, 13_000L);
    assertThat(rates.warmUpRate()).isEqualTo(50);
    assertThat(
            LongStream.of(-1, 0, 5_000, 10_500, 11_500, 13_000, 99_000)
                .map(millis -> rates.callsBefore(TimeUnit.MILLISECONDS.toNanos(millis))))
        .containsExactly(0L, 0L, 125L, 500L, 550L, 675L, 700L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                           | the plan is wrong at column 1: a rate such as 1000/s, or 'ramp' must follow here, not the end
          1000 for 10s                 | the plan is wrong at column 1: a rate such as 1000/s, or 'ramp' must follow here, not '1000'
          1000/s for                   | the plan is wrong at column 11: a time of at most 24h such as 500ms, 10s, 2m or 1h must follow here, not the end
          1000/s for 0s                | the plan is wrong at column 12: a time
          1000/s for 999999999999h     | the plan is wrong at column 12: a time
          1000/s over 10s              | the plan is wrong at column 8: 'for' must follow here, not 'over'
          1/s for 1s ramp to 2/s       | the plan is wrong at column 12: ',' or the end must follow here, not 'ramp'
          1/s for 1s, ramp 8000/s      | the plan is wrong at column 18: 'to' must follow here, not '8000/s'
          1/s for 1s, ramp to 8/s for  | the plan is wrong at column 25: 'over' must follow here, not 'for'
          1/s for 1s,                  | the plan is wrong at column 12: a rate
          2000000/s for 1s             | the plan is wrong at column 1: a rate of at most 1000000/s
          1/s for 24h, 1/s for 1h      | the plan lasts 25h but must last from 100ms to 24h
          0/s for 1s                   | the plan '0/s for 1s' has no call
          """)
  void parse_wrong_namesTheColumn(String text, String said) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RatesText.parse(text))
        .withMessageStartingWith(said);
  }

  @Test
  void parse_tooManySteps_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RatesText.parse("1/s for 1s,".repeat(100) + "1/s for 1s"))
        .withMessage("the plan has 101 steps but must have from 1 to 100");
  }

  private static long dueMillis(Rates rates, long call) {
    return TimeUnit.NANOSECONDS.toMillis(rates.dueNanos(call));
  }
}
